package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"oblik/storage/local"
	"oblik/storage/storagetest/servers"
)

// diskFaults fill the disks of PostgreSQL, of the S3 server and of the embedded
// stores. A small file system in memory is mounted for each; where that is not
// permitted the rows are left out, and the log says so.
func diskFaults(t *testing.T, record *faultRecord) {
	t.Run("servers' disks", func(t *testing.T) {
		dbDisk, s3Disk := newDisk(t, 160), newDisk(t, 32)
		if dbDisk == "" || s3Disk == "" {
			t.Log("not forced here: full disks; mounting small ones is not permitted")
			return
		}
		t.Setenv("TMPDIR", dbDisk)
		db := servers.NewPostgres(t)
		t.Setenv("TMPDIR", s3Disk)
		store, bucket := servers.NewS3(t)
		t.Setenv("TMPDIR", "")
		w := newWorldOn(t, record, db, store, bucket)
		w.startWithKnown()
		w.fullDisk("database's disk full", dbDisk, answered(broken, map[string]string{"enrol": "503/50300 503/50304? 200?"}), func() {
			w.must(w.db.Kill()) // it may have ended itself
			w.must(w.db.Start())
		})
		w.fullDisk("image store's disk full", s3Disk, spared("503/50300 200?", "200"), func() {})
		w.finish()
	})
	t.Run("service's disk", func(t *testing.T) {
		disk := newDisk(t, 16)
		if disk == "" {
			return
		}
		w := newEmbeddedWorld(t, record, disk)
		w.startWithKnown()
		w.fullDisk("service's disk full (SQLite and folder)", disk,
			map[string]string{"enrol": away, "erase": away, "verify": away, "identify": away, "compare": "200", "read": "200"}, func() {})
		w.finish()
	})
}

// fullDisk is a disk without a free byte. A server has some room in its files
// then, so people are enrolled until one is refused.
func (w *world) fullDisk(name, disk string, want map[string]string, after func()) {
	w.t.Helper()
	const most = 300
	var more []asked
	row := faultRow{
		name: name, want: want,
		begin: func(w *world, _ string) { fill(w.t, disk) },
		look: func(w *world) {
			for refused := false; !refused && len(more) < most; {
				v := victim{step: name, person: w.someone(), retry: true}
				a := asked{"enrol", v, w.send("enrol", v)}
				w.record.add(w.t, name, "enrol", a.answer)
				more, refused = append(more, a), a.answer.status != 200
			}
		},
		end: func(w *world) {
			w.must(os.Remove(ballast(disk)))
			after()
		},
	}
	w.run(row)
	for _, a := range more {
		w.settled(row, a)
	}
}

// newDisk is a file system of some megabytes; empty if it can't be mounted.
func newDisk(t *testing.T, megabytes int) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "oblik-disk-")
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=1777", megabytes)); err != nil {
		os.Remove(dir)
		return ""
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
		os.Remove(dir)
	})
	return dir
}

func ballast(disk string) string { return filepath.Join(disk, "ballast") }

// fill leaves no byte free.
func fill(t *testing.T, disk string) {
	t.Helper()
	f, err := os.Create(ballast(disk))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 4 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
}

// newEmbeddedWorld has no servers.
func newEmbeddedWorld(t *testing.T, record *faultRecord, disk string) *world {
	t.Helper()
	w := newBareWorld(t, record)
	dir := filepath.Join(disk, "data")
	w.set = storeSet{name: "SQLite and folder", dir: dir, look: func(t testing.TB) *stores {
		s, err := local.Open(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return &stores{records: s, images: s.Images(), close: s.Close}
	}}
	return w
}

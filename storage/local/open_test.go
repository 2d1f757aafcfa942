package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"oblik/models"
)

func TestOneProcessADirectory(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	_, err := Open(context.Background(), dir)
	wantKind(t, err, models.Unavailable)
	if !strings.Contains(err.Error(), "another process uses this data directory") {
		t.Errorf("the error does not say why: %v", err)
	}
	child := exec.Command(os.Args[0]) // #nosec G204 -- this test
	child.Env = append(os.Environ(), crashDir+"="+dir)
	if out, err := child.CombinedOutput(); err == nil || !strings.Contains(string(out), "another process") {
		t.Errorf("another process opened it: %v %s", err, out)
	}
	must(t, s.Close())
	open(t, dir)
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	must(t, open(t, dir).Close()) // makes the folders
	must(t, os.Chmod(dir, 0o755)) // #nosec G302 -- to be closed by Open
	s := open(t, dir)
	_, err := s.Images().Put(context.Background(), []byte("x"))
	must(t, err)
	must(t, s.Create(context.Background(), record("p", "e", nil, nil)))
	files := 0
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		want := fs.FileMode(fileMode)
		if d.IsDir() {
			want = dirMode
		} else {
			files++
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return err
	}))
	if files != 5 { // database, its log and index, lock, image
		t.Errorf("%d files, want 5", files)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(t *testing.T, dir string)
		kind    models.Kind
		says    string
	}{
		"a newer schema": {func(t *testing.T, dir string) {
			s := open(t, dir)
			_, err := s.write.Exec("PRAGMA user_version = 9999")
			must(t, errors.Join(err, s.Close()))
		}, models.Invalid, "newer"},
		"another program's database": {func(t *testing.T, dir string) {
			s := open(t, dir)
			_, err := s.write.Exec("PRAGMA application_id = 42")
			must(t, errors.Join(err, s.Close()))
		}, models.Invalid, "another program"},
		"no database at all": {func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, "oblik.db"), []byte(strings.Repeat("text ", 1000)), fileMode))
		}, models.Integrity, "not a database"},
		"a folder for all": {func(t *testing.T, dir string) {
			must(t, os.Chmod(dir, 0o777|fs.ModeSticky)) // #nosec G302 -- what is refused
		}, models.Invalid, "shared"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			test.prepare(t, dir)
			_, err := Open(context.Background(), dir)
			wantKind(t, err, test.kind)
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error does not say %q: %v", test.says, err)
			}
		})
	}
}

func TestPragmas(t *testing.T) {
	s := open(t, t.TempDir())
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "foreign_keys": "1", "temp_store": "2",
		"wal_autocheckpoint": "0", "max_page_count": fmt.Sprint(maxPages), "application_id": fmt.Sprint(applicationID), "user_version": "1",
	} {
		var got string
		must(t, s.write.QueryRow("PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
	if _, err := s.read.Exec("DELETE FROM persons"); err == nil {
		t.Error("a reader can write")
	}
}

// Neither a scan nor a person's templates may be sorted: a sort holds all rows.
func TestEntriesAreNotSorted(t *testing.T) {
	s := open(t, t.TempDir())
	for _, end := range []string{scanned, ofPerson} {
		must(t, s.view(context.Background(), "test", func(tx *sql.Tx) error {
			return each(context.Background(), tx, func(rows *sql.Rows) error {
				var id, parent, unused int
				var detail string
				err := rows.Scan(&id, &parent, &unused, &detail)
				if strings.Contains(detail, "TEMP B-TREE") && parent == 0 {
					t.Errorf("%s: %s", end, detail)
				}
				return err
			}, "EXPLAIN QUERY PLAN "+entries+end, "p", "g", "ALL")
		}))
	}
}

func TestFullDatabase(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	must(t, s.Create(ctx, record("p", "e", []byte("x"), nil)))
	var pages int
	must(t, s.write.QueryRow("PRAGMA page_count").Scan(&pages))
	must(t, s.write.QueryRow(fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&pages))
	large := record("p2", "e", make([]byte, 100_000), nil)
	wantKind(t, s.Create(ctx, large), models.Unavailable)
	_, err := s.ReadAll(ctx, "p2")
	wantKind(t, err, models.NotFound)
	_, err = s.Read(ctx, models.EncounterKey{Person: "p", Encounter: "e"})
	must(t, err)
	must(t, s.write.QueryRow(fmt.Sprintf("PRAGMA max_page_count = %d", maxPages)).Scan(&pages))
	must(t, s.Create(ctx, large))
}

func TestKinds(t *testing.T) {
	for err, want := range map[error]models.Kind{
		syscall.ENOSPC: models.Unavailable, syscall.EDQUOT: models.Unavailable, syscall.EMFILE: models.Unavailable,
		syscall.EIO: models.Internal, fs.ErrPermission: models.Internal, fs.ErrNotExist: models.NotFound,
		context.Canceled: models.Deadline, context.DeadlineExceeded: models.Deadline,
	} {
		wrapped := translate("op", &fs.PathError{Op: "write", Path: "x", Err: err})
		if got := models.KindOf(wrapped); got != want || !errors.Is(wrapped, err) {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
}

// An image belongs to one record: with the one the other's would go too.
func TestImageOfTwoRecords(t *testing.T) {
	s := open(t, t.TempDir())
	ref, err := s.Images().Put(context.Background(), []byte("x"))
	must(t, err)
	must(t, s.Create(context.Background(), record("p", "e1", nil, &ref)))
	wantKind(t, s.Create(context.Background(), record("p", "e2", nil, &ref)), models.Conflict)
}

// A sweep removes what a crash in Put leaves, and nothing that is not the store's.
func TestSweepOfFiles(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	ref, err := s.Images().Put(ctx, []byte("x"))
	must(t, err)
	must(t, s.Create(ctx, record("p", "e", nil, &ref)))
	half := strings.Repeat("0f", keyLength/2)
	for name, stays := range map[string]bool{
		"0f/" + half + partial: false, place(ref.Key) + partial: false, "0f/" + half: false,
		"0f/notes.txt": true, "10/" + half: true, "0f/" + strings.ToUpper(half): true,
	} {
		file := filepath.Join(dir, "images", filepath.FromSlash(name))
		must(t, os.WriteFile(file, []byte("half"), fileMode))
		defer func() {
			if _, err := os.Stat(file); (err == nil) != stays {
				t.Errorf("%s: after the sweep: %v", name, err)
			}
		}()
	}
	report, err := s.Sweep(ctx)
	must(t, err)
	if report.Images != 2 || report.Strays != 3 || report.Missing != 0 {
		t.Errorf("the sweep found %+v", report)
	}
	_, err = s.Images().Get(ctx, ref)
	must(t, err)
}

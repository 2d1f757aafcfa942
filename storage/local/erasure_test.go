package local

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// secret is a record whose bytes can be recognised in a file, and the bytes.
func secret(person string, size int) (storage.Record, [][]byte) {
	r := encounter(person, "e-"+rand.Text(), []byte(strings.Repeat(rand.Text(), 1+size/26)), nil)
	r.Encounter.Biographic = []byte(`{"name":"` + strings.Repeat(rand.Text(), 1+size/52) + `"}`)
	r.Encounter.ClientData = []byte(rand.Text())
	return r, [][]byte{r.Samples[0].Template.Data[:20], r.Encounter.Biographic[9:29], r.Encounter.ClientData,
		[]byte(r.Encounter.Key.Person), []byte(r.Encounter.Key.Encounter)}
}

// residue counts the secrets found in the raw files of a data directory.
func residue(t testing.TB, dir string, secrets [][]byte) (found int) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path) // #nosec G122 -- the test's own folder
		for _, s := range secrets {
			if bytes.Contains(raw, s) {
				found++
			}
		}
		return err
	}))
	return found
}

func TestErasureLeavesNothingInTheFiles(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, size := range []int{26, 300, 30_000} { // within a page and over several
		r, secrets := secret("p-"+rand.Text(), size)
		create(t, s, r)
		if n := residue(t, dir, secrets); n < len(secrets) {
			t.Fatalf("only %d of %d secrets are in the files before erasure: the test sees nothing", n, len(secrets))
		}
		erase(t, s, r.Encounter.Key)
		if n := residue(t, dir, secrets); n != 0 {
			t.Errorf("size %d: %d of %d secrets are in the files after erasure", size, n, len(secrets))
		}
	}
}

// Rows that SQLite moved before they were deleted leave nothing either: the
// encounters of 60 people lie mixed, and the people go one after another.
// Without wipe some of their secrets stay.
func TestErasureLeavesNothingInGaps(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	r := mrand.New(mrand.NewPCG(1, 2)) // #nosec G404 -- no secret
	const people, each = 60, 25
	secrets := make([][][]byte, people)
	var names []models.PersonID
	for range people {
		names = append(names, models.PersonID("p-"+rand.Text()))
	}
	for range each {
		for _, i := range r.Perm(people) {
			record, more := secret(string(names[i]), 60+r.IntN(600))
			create(t, s, record)
			secrets[i] = append(secrets[i], more...)
		}
	}
	var gone [][]byte
	for i, name := range names[:people-5] {
		must(t, s.DeletePerson(ctx, begin(t, s), name))
		gone = append(gone, secrets[i]...)
	}
	if n := residue(t, dir, gone); n != 0 {
		t.Errorf("%d of %d secrets are in the files after erasure", n, len(gone))
	}
	checkIntegrity(t, s)
	for _, name := range names[people-5:] {
		all, err := s.ReadAll(ctx, name)
		must(t, err)
		if len(all) != each {
			t.Errorf("%d encounters are left of %d", len(all), each)
		}
	}
}

func checkIntegrity(t testing.TB, s *Store) {
	t.Helper()
	var verdict string
	must(t, s.write.QueryRow("PRAGMA integrity_check").Scan(&verdict))
	if verdict != "ok" {
		t.Fatal(verdict)
	}
}

// A deletion beside a long scan is done at once for whoever reads, and in the
// files when the scan ends.
func TestErasureBesideAScan(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	r, secrets := secret("p-"+rand.Text(), 300)
	create(t, s, r)
	create(t, s, encounter("p2", "e", []byte("x"), nil))
	calls := 0
	must(t, s.Scan(ctx, func(models.Entry) error {
		if calls++; calls > 1 {
			return nil
		}
		erase(t, s, r.Encounter.Key)
		if _, err := s.Read(ctx, r.Encounter.Key); models.KindOf(err) != models.NotFound {
			return fmt.Errorf("a deleted encounter is read beside a scan: %w", err)
		}
		return nil
	}))
	if calls != 2 {
		t.Errorf("the snapshot had %d entries, want 2", calls)
	}
	if n := residue(t, dir, secrets); n != 0 {
		t.Errorf("%d secrets are in the files after the scan", n)
	}
}

// A process that ended between a deletion and the cutting of the log leaves
// the cut to the next Open.
func TestOpenCutsTheLog(t *testing.T) {
	ctx := context.Background()
	dir, copied := t.TempDir(), t.TempDir()
	s := open(t, dir)
	r, secrets := secret("p-"+rand.Text(), 300)
	create(t, s, r)
	var ends = context.Canceled // any error ends the scan
	err := s.Scan(ctx, func(models.Entry) error {
		erase(t, s, r.Encounter.Key)
		for _, name := range []string{"oblik.db", "oblik.db-wal"} { // what a crash now would leave
			raw, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(copied, name), raw, fileMode); err != nil {
				return err
			}
		}
		return ends
	})
	if !errors.Is(err, ends) {
		t.Fatal(err)
	}
	if residue(t, copied, secrets) == 0 {
		t.Fatal("nothing was left to be cut: the test sees nothing")
	}
	open(t, copied)
	if n := residue(t, copied, secrets); n != 0 {
		t.Errorf("%d secrets are in the files after Open", n)
	}
}

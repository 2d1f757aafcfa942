package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"oblik/models"
)

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
		"wal_autocheckpoint": "0", "max_page_count": fmt.Sprint(maxPages), "application_id": fmt.Sprint(applicationID), "user_version": "3",
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

// Nothing that may be as long as the database may be sorted: a sort holds all rows.
func TestNothingIsSorted(t *testing.T) {
	s := open(t, t.TempDir())
	for _, query := range []string{entries + scanned, entries + ofPerson, references, contents, firstDue} {
		must(t, s.view(context.Background(), "test", func(tx *sql.Tx) error {
			return each(context.Background(), tx, func(rows *sql.Rows) error {
				var id, parent, unused int
				var detail string
				err := rows.Scan(&id, &parent, &unused, &detail)
				if strings.Contains(detail, "TEMP B-TREE") && parent == 0 {
					t.Errorf("%s: %s", query, detail)
				}
				return err
			}, "EXPLAIN QUERY PLAN "+query, "p", "g", "ALL", 1)
		}))
	}
}

func TestFullDatabase(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	create(t, s, encounter("p", "e", []byte("x"), nil))
	var pages int
	must(t, s.write.QueryRow("PRAGMA page_count").Scan(&pages))
	must(t, s.write.QueryRow(fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&pages))
	large := encounter("p2", "e", make([]byte, 100_000), nil)
	wantKind(t, s.Create(ctx, begin(t, s), large), models.Unavailable)
	_, err := s.ReadAll(ctx, "p2")
	wantKind(t, err, models.NotFound)
	_, err = s.Read(ctx, models.EncounterKey{Person: "p", Encounter: "e"})
	must(t, err)
	must(t, s.write.QueryRow(fmt.Sprintf("PRAGMA max_page_count = %d", maxPages)).Scan(&pages))
	create(t, s, large)
}

func TestKinds(t *testing.T) {
	for err, want := range map[error]models.Kind{
		syscall.ENOSPC: models.Unavailable, syscall.EDQUOT: models.Unavailable, syscall.EMFILE: models.Unavailable,
		syscall.EIO: models.Internal, fs.ErrPermission: models.Internal, fs.ErrNotExist: models.Internal, sql.ErrNoRows: models.Internal,
		context.Canceled: models.Deadline, context.DeadlineExceeded: models.Deadline,
	} {
		wrapped := translate("op", &fs.PathError{Op: "write", Path: "x", Err: err})
		if got := models.KindOf(wrapped); got != want || !errors.Is(wrapped, err) {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
}

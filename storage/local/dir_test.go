package local

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	put(t, s)
	create(t, s, encounter("p", "e", nil, nil))
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

// A folder of somebody else's is refused, and left as it was: nothing is
// written into it, and its users can still look into it.
func TestOpenLeavesOtherFoldersAlone(t *testing.T) {
	for _, name := range []string{"letter.txt", "images", ".profile", "token-key.pem.old"} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, tokenKey), []byte("key"), fileMode)) // does not make it ours
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("theirs"), 0o644))
		must(t, os.Chmod(dir, 0o755))
		before := listing(t, dir)
		_, err := Open(context.Background(), dir)
		wantKind(t, err, models.Invalid)
		if !strings.Contains(err.Error(), "name an empty folder") {
			t.Errorf("the error does not say what to do: %v", err)
		}
		if after := listing(t, dir); after != before {
			t.Errorf("with %s in it, the folder was\n%s\nand is\n%s", name, before, after)
		}
	}
	dir := t.TempDir() // a lock and images of somebody else's: a sweep would delete them
	must(t, os.WriteFile(filepath.Join(dir, lockFile), nil, 0o644))
	must(t, os.MkdirAll(filepath.Join(dir, imagesDir, "ab"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, imagesDir, "ab", strings.Repeat("ab", 16)), []byte("theirs"), 0o644))
	before := listing(t, dir)
	_, err := Open(context.Background(), dir)
	wantKind(t, err, models.Invalid)
	wantKind(t, Prepare(dir), models.Invalid)
	if after := listing(t, dir); after != before {
		t.Errorf("the folder was\n%s\nand is\n%s", before, after)
	}
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o644))
	_, err = Open(context.Background(), file)
	wantKind(t, err, models.Invalid)
}

// listing is a folder's mode and what is in it, with modes and contents.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var text strings.Builder
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text.WriteString(info.Mode().String() + " " + d.Name() + "\n")
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path) // #nosec G122 -- the test's own folder
		text.Write(data)
		return err
	}))
	return text.String()
}

func TestOpenTakesItsOwnFolders(t *testing.T) {
	for name, files := range map[string][]string{
		"empty":                      {},
		"the token key":              {tokenKey},
		"a token key half made":      {tokenKeyPartial + "123"},
		"a crash in the first Open":  {lockFile, tokenKey},
		"a folder of an earlier run": {lockFile, database, "notes"},
	} {
		dir := t.TempDir()
		for _, f := range files {
			must(t, os.WriteFile(filepath.Join(dir, f), nil, fileMode))
		}
		s, err := Open(context.Background(), dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		must(t, s.Close())
	}
}

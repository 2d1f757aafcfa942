package local

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"oblik/models"
)

const (
	dirMode  = 0o700
	fileMode = 0o600

	database  = "oblik.db"
	lockFile  = "lock"
	imagesDir = "images"
)

// makeDir makes dir for this user alone. It does so to one that is there too,
// as initdb does, but never to one that is shared on purpose, such as /tmp, or
// that holds anybody's files but ours.
func makeDir(dir string) error {
	const op = "storage/local.Open"
	if err := mkdirs(dir); err != nil {
		return err
	}
	info, err := os.Stat(dir) // #nosec G703 -- the operator's directory
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return models.Errorf(op, models.Invalid, "%s is not a folder", dir)
	}
	if info.Mode()&os.ModeSticky != 0 {
		return models.Errorf(op, models.Invalid, "%s is shared by all users; name a folder of its own", dir)
	}
	if own, err := isOurs(dir); err != nil {
		return err
	} else if !own {
		return models.Errorf(op, models.Invalid, "%s holds files of something else; name an empty folder or a new one", dir)
	}
	if info.Mode().Perm()&^dirMode != 0 {
		return os.Chmod(dir, dirMode) // #nosec G302 G703 -- a folder needs its x bit
	}
	return nil
}

// The token key may be there before the store is first opened, since who
// issues tokens needs no store; and what a crash left of its writing.
const (
	tokenKey        = "token-key.pem" // #nosec G101 -- a file's name
	tokenKeyPartial = ".key-"
)

// Exists says whether dir holds the database of a data directory.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, database))
	return err == nil
}

// Prepare makes the data directory dir, for this user alone, as [Open] does. A
// folder that holds something else is refused as [models.Invalid], untouched.
func Prepare(dir string) error {
	const op = "storage/local.Prepare"
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = makeDir(dir)
	}
	return translate(op, err)
}

// isOurs is true for a folder with a SQLite database of our name, and for one
// with nothing but our names, whose images are either empty, as before the
// first database, or beside a database, which may be damaged: Open tells.
func isOurs(dir string) (bool, error) {
	sound, err := isSQLite(filepath.Join(dir, database))
	if sound {
		return true, nil
	}
	there := !errors.Is(err, fs.ErrNotExist)
	if there && err != nil {
		return false, err
	}
	found, err := os.ReadDir(dir) // #nosec G703 -- the operator's directory
	if err != nil {
		return false, err
	}
	for _, f := range found {
		switch name := f.Name(); {
		case strings.HasPrefix(name, database), name == lockFile, name == tokenKey, strings.HasPrefix(name, tokenKeyPartial):
		case name == imagesDir:
			empty, err := holdsNoFile(filepath.Join(dir, name))
			if err != nil || !empty && !there {
				return false, err
			}
		default:
			return false, nil
		}
	}
	return true, nil
}

// isSQLite is true for a SQLite database, and for an empty file, which becomes one.
func isSQLite(file string) (bool, error) {
	const magic = "SQLite format 3\x00"
	f, err := os.Open(file) // #nosec G304 G703 -- the operator's directory
	if err != nil {
		return false, err
	}
	head := make([]byte, len(magic))
	n, err := io.ReadFull(f, head)
	if n == 0 && errors.Is(err, io.EOF) || err == nil && string(head) == magic {
		return true, f.Close()
	}
	return false, f.Close()
}

func holdsNoFile(dir string) (empty bool, err error) {
	empty = true
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { // #nosec G703 -- the operator's directory
		empty = empty && (err != nil || d.IsDir())
		return err
	})
	return empty, err
}

// mkdirs is os.MkdirAll that makes each new name durable.
func mkdirs(dir string) error {
	err := os.Mkdir(dir, dirMode) // #nosec G703 -- the operator's directory
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if parent := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && parent != dir {
		if err := mkdirs(parent); err != nil {
			return err
		}
		err = os.Mkdir(dir, dirMode) // #nosec G703 -- the operator's directory
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// lock takes the directory for this process, until the file is closed or the
// process ends, however it ends.
func lock(file string) (*os.File, error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, fileMode) // #nosec G304 G703 -- the operator's directory
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) // #nosec G115 -- a descriptor is small
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = models.Errorf("storage/local.Open", models.Unavailable, "another process uses this data directory: %s; stop it first, or ask the running service over HTTP", filepath.Dir(file))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// touch makes the database's file, since SQLite would make it readable to
// all; its log and index take its mode over.
func touch(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, fileMode) // #nosec G304 G703 -- the operator's directory
	if err != nil {
		return err
	}
	return f.Close()
}

// syncDir makes the names in dir durable.
func syncDir(dir string) error {
	f, err := os.Open(dir) // #nosec G304 G703 -- the operator's directory
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

package local

import (
	"errors"
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

	database = "oblik.db"
	lockFile = "lock"
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

// isOurs is true for a folder that is empty, was opened by a [Store] before, or
// holds no more than the token key.
func isOurs(dir string) (bool, error) {
	found, err := os.ReadDir(dir) // #nosec G703 -- the operator's directory
	if err != nil {
		return false, err
	}
	others := 0
	for _, f := range found {
		switch name := f.Name(); {
		case name == database, name == lockFile:
			return true, nil
		case name == tokenKey, strings.HasPrefix(name, tokenKeyPartial):
		default:
			others++
		}
	}
	return others == 0, nil
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
		err = models.Errorf("storage/local.Open", models.Unavailable, "another process uses this data directory: %s", filepath.Dir(file))
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

package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"oblik/models"
)

// openImages makes all shard folders at once, so that no Put has to.
func openImages(dir string) (*images, error) {
	if err := mkdirs(dir); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	m := &images{root}
	for i := range shards {
		if err := root.Mkdir(shard(i), dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, errors.Join(err, root.Close())
		}
	}
	if err := m.sync("."); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return m, nil
}

func shard(i int) string { return fmt.Sprintf("%02x", i) }

// write makes a file whose bytes are durable; its name is not yet.
func (m *images) write(name string, data []byte) (err error) {
	f, err := m.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// remove unlinks a file, if it is there.
func (m *images) remove(name string) error {
	if err := m.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sync makes the names in a folder durable.
func (m *images) sync(dir string) error {
	f, err := m.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// place is the file of a key that was checked.
func place(key string) string { return key[:2] + "/" + key }

func checkKey(op, key string) error {
	if len(key) != keyLength || strings.Trim(key, "0123456789abcdef") != "" {
		return models.Errorf(op, models.Invalid, "no image key: it has %d hex digits in lower case", keyLength)
	}
	return nil
}

// list gives the names in a folder.
func (m *images) list(dir string) (names []string, err error) {
	f, err := m.root.Open(dir)
	if err != nil {
		return nil, err
	}
	names, err = f.Readdirnames(-1)
	return names, errors.Join(err, f.Close())
}

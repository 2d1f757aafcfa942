package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"oblik/storage"
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
	m := &images{root: root}
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

// place is the file of a key that was checked.
func place(key string) string { return key[:2] + "/" + key }

// write makes a file, in place of what an earlier attempt left of it, whose
// bytes are durable; its name is not yet.
func (m *images) write(name string, data []byte) (err error) {
	f, err := m.root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
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

// listShard calls f with the images of a folder by key, each once, those that
// are half-written among them. It holds the folder's names in memory.
func (m *images) listShard(dir string, f func(key string, length int64) error) error {
	names, err := m.names(dir)
	if err != nil {
		return err
	}
	slices.Sort(names) // an image comes before its half-written file
	last := ""
	for _, name := range names {
		key := strings.TrimSuffix(name, partial)
		if storage.CheckKey("", key) != nil || key[:2] != dir || key == last {
			continue
		}
		info, err := m.root.Lstat(dir + "/" + name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it went meanwhile
		}
		if err != nil {
			return err
		}
		last = key
		if err := f(key, info.Size()); err != nil {
			return err
		}
	}
	return nil
}

// names gives the names in a folder.
func (m *images) names(dir string) (names []string, err error) {
	f, err := m.root.Open(dir)
	if err != nil {
		return nil, err
	}
	names, err = f.Readdirnames(-1)
	return names, errors.Join(err, f.Close())
}

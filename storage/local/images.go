package local

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"sync"

	"oblik/models"
	"oblik/storage"
)

// Two hex digits of an image's key name its folder, so that a million images
// make folders of 4,000.
const (
	shards  = 256
	partial = ".part" // ends the name of a file that is being written
)

// images is the folder of images. Every path is made from a checked key, and
// root lets none lead out of the folder.
type images struct {
	root    *os.Root
	writing [shards]sync.Mutex // one Put or Delete in a folder at a time
}

// Images gives the images of the data directory.
func (s *Store) Images() storage.Images { return s.images }

// Put implements [storage.Images].
func (m *images) Put(ctx context.Context, key string, data []byte) (models.ImageRef, error) {
	const op = "storage/local.Put"
	if err := errors.Join(ctx.Err(), storage.CheckKey(op, key)); err != nil {
		return models.ImageRef{}, translate(op, err)
	}
	defer m.lock(key)()
	ref := models.ImageRef{Key: key, Length: int64(len(data)), SHA256: sha256.Sum256(data)}
	_, err := m.read(op, ref)
	switch models.KindOf(err) {
	case models.NotFound:
		err = m.put(ctx, key, data)
	case models.Integrity:
		err = models.Errorf(op, models.Conflict, "another image has this key")
	}
	if err == nil {
		err = m.sync(key[:2])
	}
	if err != nil {
		return models.ImageRef{}, translate(op, err)
	}
	return ref, nil
}

// put writes an image that is not there. What it leaves when it fails is named
// by the image's act; a disk that is full should not have to wait for that.
func (m *images) put(ctx context.Context, key string, data []byte) error {
	name := place(key)
	err := m.write(name+partial, data)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = m.root.Rename(name+partial, name)
	}
	if err != nil {
		err = errors.Join(err, m.remove(name+partial))
	}
	return err
}

// lock makes an image's folder the caller's until he calls what it returns.
func (m *images) lock(key string) (unlock func()) {
	i, _ := strconv.ParseUint(key[:2], 16, 8) // a checked key begins with two hex digits
	m.writing[i].Lock()
	return m.writing[i].Unlock
}

// Get implements [storage.Images]. An image that is half-written has other bytes
// than were stored.
func (m *images) Get(ctx context.Context, ref models.ImageRef) ([]byte, error) {
	const op = "storage/local.Get"
	if err := errors.Join(ctx.Err(), storage.CheckKey(op, ref.Key)); err != nil {
		return nil, translate(op, err)
	}
	data, err := m.read(op, ref)
	if models.KindOf(err) == models.NotFound {
		if _, half := m.root.Lstat(place(ref.Key) + partial); half == nil {
			err = models.Errorf(op, models.Integrity, "the image was not written to its end")
		}
	}
	return data, translate(op, err)
}

// read gives an image that is written to its end.
func (m *images) read(op string, ref models.ImageRef) (data []byte, err error) {
	f, err := m.root.Open(place(ref.Key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &models.Error{Op: op, Kind: models.NotFound, Err: err}
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	// The length is compared first: it bounds what is read into memory.
	if info.Size() != ref.Length {
		return nil, models.Errorf(op, models.Integrity, "the image has %d bytes, %d were stored", info.Size(), ref.Length)
	}
	data = make([]byte, ref.Length)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	if sha256.Sum256(data) != ref.SHA256 {
		return nil, models.Errorf(op, models.Integrity, "the image's bytes are not those that were stored")
	}
	return data, nil
}

// Delete implements [storage.Images].
func (m *images) Delete(ctx context.Context, key string) error {
	const op = "storage/local.Delete"
	if err := errors.Join(ctx.Err(), storage.CheckKey(op, key)); err != nil {
		return translate(op, err)
	}
	defer m.lock(key)()
	return translate(op, errors.Join(m.remove(place(key)), m.remove(place(key)+partial), m.sync(key[:2])))
}

// List implements [storage.Images], a folder at a time.
func (m *images) List(ctx context.Context, f func(key string, length int64) error) error {
	const op = "storage/local.List"
	for i := range shards {
		if err := ctx.Err(); err != nil {
			return translate(op, err)
		}
		if err := m.listShard(shard(i), func(key string, length int64) error { return stop(f(key, length)) }); err != nil {
			return translate(op, err)
		}
	}
	return nil
}

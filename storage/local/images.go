package local

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"

	"oblik/models"
	"oblik/storage"
)

// An image's key is 128 random bits in hex. Two hex digits of it name its
// folder, so that a million images make folders of 4,000.
const (
	keyLength = 32
	shards    = 256
	partial   = ".part" // ends the name of a file that is being written
)

// images is the folder of images. Every path is made from a checked key, and
// root lets none lead out of the folder.
type images struct{ root *os.Root }

// Images gives the images of the data directory.
func (s *Store) Images() storage.Images { return s.images }

// Put implements [storage.Images].
func (m *images) Put(ctx context.Context, data []byte) (models.ImageRef, error) {
	const op = "storage/local.Put"
	if err := ctx.Err(); err != nil {
		return models.ImageRef{}, translate(op, err)
	}
	var random [keyLength / 2]byte
	_, _ = rand.Read(random[:]) // never fails
	key := hex.EncodeToString(random[:])
	if err := m.put(ctx, key, data); err != nil {
		return models.ImageRef{}, translate(op, err)
	}
	return models.ImageRef{Key: key, Length: int64(len(data)), SHA256: sha256.Sum256(data)}, nil
}

func (m *images) put(ctx context.Context, key string, data []byte) error {
	name := place(key)
	err := m.write(name+partial, data)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = m.root.Rename(name+partial, name)
	}
	if err == nil {
		err = m.sync(path.Dir(name))
	}
	if err == nil {
		return nil
	}
	// Nobody knows the key: leave nothing. Where that fails too, the sweep does it.
	return errors.Join(err, m.remove(name+partial), m.remove(name))
}

// Get implements [storage.Images].
func (m *images) Get(ctx context.Context, ref models.ImageRef) (data []byte, err error) {
	const op = "storage/local.Get"
	if err := errors.Join(ctx.Err(), checkKey(op, ref.Key)); err != nil {
		return nil, translate(op, err)
	}
	f, err := m.root.Open(place(ref.Key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &models.Error{Op: op, Kind: models.NotFound, Err: err}
	}
	if err != nil {
		return nil, translate(op, err)
	}
	defer func() { err = translate(op, errors.Join(err, f.Close())) }()
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
	if sum := sha256.Sum256(data); !bytes.Equal(sum[:], ref.SHA256[:]) {
		return nil, models.Errorf(op, models.Integrity, "the image's bytes are not those that were stored")
	}
	return data, nil
}

// Delete implements [storage.Images].
func (m *images) Delete(ctx context.Context, key string) error {
	const op = "storage/local.Delete"
	if err := errors.Join(ctx.Err(), checkKey(op, key)); err != nil {
		return translate(op, err)
	}
	return translate(op, errors.Join(m.remove(place(key)), m.sync(key[:2])))
}

package storagetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// MemoryImages keeps images in memory, for the tests of a store that keeps rows
// only. It passes [RunImages].
type MemoryImages struct {
	mu     sync.Mutex
	images map[string][]byte
}

// NewMemoryImages gives an empty one.
func NewMemoryImages() *MemoryImages { return &MemoryImages{images: map[string][]byte{}} }

var _ storage.Images = (*MemoryImages)(nil)

// Put implements [storage.Images].
func (m *MemoryImages) Put(ctx context.Context, key string, data []byte) (models.ImageRef, error) {
	const op = "storagetest.Put"
	if err := ready(ctx, op, key); err != nil {
		return models.ImageRef{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if there, taken := m.images[key]; taken && !bytes.Equal(there, data) {
		return models.ImageRef{}, models.Errorf(op, models.Conflict, "the key is taken")
	}
	m.images[key] = bytes.Clone(data)
	return refTo(key, data), nil
}

// Get implements [storage.Images].
func (m *MemoryImages) Get(ctx context.Context, ref models.ImageRef) ([]byte, error) {
	const op = "storagetest.Get"
	if err := ready(ctx, op, ref.Key); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	data, found := m.images[ref.Key]
	if !found {
		return nil, models.Errorf(op, models.NotFound, "no such image")
	}
	if int64(len(data)) != ref.Length || sha256.Sum256(data) != ref.SHA256 {
		return nil, models.Errorf(op, models.Integrity, "other bytes")
	}
	return bytes.Clone(data), nil
}

// Delete implements [storage.Images].
func (m *MemoryImages) Delete(ctx context.Context, key string) error {
	if err := ready(ctx, "storagetest.Delete", key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.images, key)
	return nil
}

// List implements [storage.Images].
func (m *MemoryImages) List(ctx context.Context, f func(key string, length int64) error) error {
	m.mu.Lock()
	lengths := map[string]int64{}
	for key, data := range m.images {
		lengths[key] = int64(len(data))
	}
	m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(lengths)) {
		if err := ready(ctx, "storagetest.List", key); err != nil {
			return err
		}
		if err := f(key, lengths[key]); err != nil {
			return err
		}
	}
	return nil
}

// Damage is a [Damage].
func (m *MemoryImages) Damage(t testing.TB, key string, f func([]byte) []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, found := m.images[key]; !found {
		t.Fatal("no such image to damage")
	}
	m.images[key] = f(bytes.Clone(m.images[key]))
}

// ready is an error if ctx has ended or key is none.
func ready(ctx context.Context, op, key string) error {
	if err := ctx.Err(); err != nil {
		return models.Errorf(op, models.Deadline, "%w", err)
	}
	return storage.CheckKey(op, key)
}

func refTo(key string, data []byte) models.ImageRef {
	return models.ImageRef{Key: key, Length: int64(len(data)), SHA256: sha256.Sum256(data)}
}

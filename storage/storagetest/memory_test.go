package storagetest

import (
	"testing"

	"oblik/storage"
)

func TestMemoryImages(t *testing.T) {
	RunImages(t, func(testing.TB) (storage.Images, Damage) {
		m := NewMemoryImages()
		return m, m.Damage
	})
}

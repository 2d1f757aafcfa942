package storagetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"sync"
	"testing"

	"oblik/models"
	"oblik/storage"
)

var imageTests = []test{
	{"images: round trip", imagesRoundTrip},
	{"images: a key is never stored over", imagesNeverReplaced},
	{"images: one of many wins a key", imagesRace},
	{"images: damaged", imagesDamaged},
	{"images: deleted", imagesDeleted},
	{"images: a strange key", imagesStrangeKey},
	{"images: listed", imagesListed},
	{"images: a list is stopped", imagesListStopped},
	{"images: cancelled", imagesCancelled},
}

// put stores an image of n random bytes that no act names.
func put(t testing.TB, s Stores, n int) models.ImageRef {
	t.Helper()
	ref, err := s.Images.Put(context.Background(), storage.NewKey(), random(n))
	Must(t, err)
	return ref
}

func imagesRoundTrip(t *testing.T, s Stores) {
	ctx := context.Background()
	for _, n := range []int{0, 1, 4096, 100_000, 20 << 20} {
		data, key := random(n), storage.NewKey()
		ref, err := s.Images.Put(ctx, key, data)
		Must(t, err)
		if ref.Key != key || ref.Length != int64(n) || ref.SHA256 != sha256.Sum256(data) {
			t.Fatalf("the reference to %d bytes is %+v", n, ref)
		}
		wantImage(t, s, ref, data)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			data := random(10_000)
			ref, err := s.Images.Put(ctx, storage.NewKey(), data)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := s.Images.Get(ctx, ref); err != nil || !bytes.Equal(got, data) {
				t.Errorf("concurrent Put and Get: %v", err)
			}
		})
	}
	wg.Wait()
}

func imagesDamaged(t *testing.T, s Stores) {
	for name, damage := range map[string]func([]byte) []byte{
		"a bit flipped": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"cut":           func(b []byte) []byte { return b[:len(b)-1] },
		"longer":        func(b []byte) []byte { return append(b, 0) },
		"emptied":       func([]byte) []byte { return nil },
		"another":       func(b []byte) []byte { return random(len(b)) },
	} {
		ref := put(t, s, 5000)
		s.Damage(t, ref.Key, damage)
		data, err := s.Images.Get(context.Background(), ref)
		if data != nil {
			t.Errorf("%s: bytes were served", name)
		}
		WantKind(t, err, models.Integrity)
	}
	// The reference counts, not what is there: one image can't stand for another.
	data := random(100)
	ref, err := s.Images.Put(context.Background(), storage.NewKey(), data)
	Must(t, err)
	other := put(t, s, 100)
	other.Key = ref.Key
	_, err = s.Images.Get(context.Background(), other)
	WantKind(t, err, models.Integrity)
	wantImage(t, s, ref, data)
	// Nor can nothing stand for one: a sweep asks so whether an image is there.
	for _, n := range []int{0, 100} {
		_, err := s.Images.Get(context.Background(), models.ImageRef{Key: put(t, s, n).Key})
		WantKind(t, err, models.Integrity)
	}
	_, err = s.Images.Get(context.Background(), models.ImageRef{Key: storage.NewKey()})
	WantKind(t, err, models.NotFound)
}

func imagesDeleted(t *testing.T, s Stores) {
	ctx := context.Background()
	ref, kept := put(t, s, 10), put(t, s, 10)
	Must(t, s.Images.Delete(ctx, ref.Key))
	_, err := s.Images.Get(ctx, ref)
	WantKind(t, err, models.NotFound)
	Must(t, s.Images.Delete(ctx, ref.Key))
	_, err = s.Images.Get(ctx, kept)
	Must(t, err)
}

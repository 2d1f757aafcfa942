package storagetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"sync"
	"testing"

	"oblik/models"
)

func imagesRoundTrip(t *testing.T, s Stores) {
	ctx := context.Background()
	for _, n := range []int{0, 1, 4096, 100_000, 20 << 20} {
		data := random(n)
		ref, err := s.Images.Put(ctx, data)
		must(t, err)
		if ref.Length != int64(n) || ref.SHA256 != sha256.Sum256(data) {
			t.Fatalf("the reference to %d bytes is %+v", n, ref)
		}
		wantImage(t, s, ref, data)
	}
	same := []byte("the same bytes twice")
	a, err := s.Images.Put(ctx, same)
	must(t, err)
	b, err := s.Images.Put(ctx, same)
	must(t, err)
	if a.Key == b.Key {
		t.Fatal("two images have one key")
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			data := random(10_000)
			ref, err := s.Images.Put(ctx, data)
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
		wantKind(t, err, models.Integrity)
	}
	// The reference counts, not what is there: one image can't stand for another.
	data := random(100)
	ref, err := s.Images.Put(context.Background(), data)
	must(t, err)
	other := put(t, s, 100)
	other.Key = ref.Key
	_, err = s.Images.Get(context.Background(), other)
	wantKind(t, err, models.Integrity)
	wantImage(t, s, ref, data)
}

func imagesDeleted(t *testing.T, s Stores) {
	ctx := context.Background()
	ref, kept := put(t, s, 10), put(t, s, 10)
	must(t, s.Images.Delete(ctx, ref.Key))
	_, err := s.Images.Get(ctx, ref)
	wantKind(t, err, models.NotFound)
	must(t, s.Images.Delete(ctx, ref.Key))
	_, err = s.Images.Get(ctx, kept)
	must(t, err)
}

// imagesStrangeKey: a key from outside is never a path.
func imagesStrangeKey(t *testing.T, s Stores) {
	ctx := context.Background()
	ref := put(t, s, 10)
	for _, key := range []string{
		"", "..", "../../etc/passwd", "/etc/passwd", ref.Key + "/..", "../" + ref.Key,
		ref.Key[:len(ref.Key)-1], ref.Key + "0", ref.Key[:len(ref.Key)-1] + "\x00", ref.Key + ".part",
	} {
		strange := ref
		strange.Key = key
		if _, err := s.Images.Get(ctx, strange); err == nil {
			t.Errorf("Get of the key %q succeeds", key)
		}
		if err := s.Images.Delete(ctx, key); models.KindOf(err) == models.Internal && err != nil {
			t.Errorf("Delete of the key %q: %v", key, err)
		}
	}
	_, err := s.Images.Get(ctx, ref)
	must(t, err)
}

package storagetest

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// imagesNeverReplaced: an attempt may be made again, with the same bytes.
func imagesNeverReplaced(t *testing.T, s Stores) {
	ctx := context.Background()
	data := random(3000)
	ref, err := s.Images.Put(ctx, storage.NewKey(), data)
	Must(t, err)
	again, err := s.Images.Put(ctx, ref.Key, data)
	Must(t, err)
	if again != ref {
		t.Fatalf("the second attempt gave %+v, the first %+v", again, ref)
	}
	for _, other := range [][]byte{random(3000), data[:2999], append(bytes.Clone(data), 0), nil} {
		_, err = s.Images.Put(ctx, ref.Key, other)
		WantKind(t, err, models.Conflict)
		wantImage(t, s, ref, data)
	}
}

// imagesRace: of many who store different bytes under one key exactly one wins.
func imagesRace(t *testing.T, s Stores) {
	const racers = 16
	key := storage.NewKey()
	var won atomic.Pointer[[]byte]
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			data := random(2000)
			_, err := s.Images.Put(context.Background(), key, data)
			if err == nil && won.Swap(&data) != nil {
				t.Error("two have won")
			}
			if err != nil && models.KindOf(err) != models.Conflict {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() == nil {
		t.Fatal("nobody has won")
	}
	wantImage(t, s, refTo(key, *won.Load()), *won.Load())
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
		_, err := s.Images.Put(ctx, key, random(10))
		WantKind(t, err, models.Invalid)
		_, err = s.Images.Get(ctx, strange)
		WantKind(t, err, models.Invalid)
		WantKind(t, s.Images.Delete(ctx, key), models.Invalid)
	}
	_, err := s.Images.Get(ctx, ref)
	Must(t, err)
}

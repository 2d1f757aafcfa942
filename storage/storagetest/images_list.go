package storagetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// imagesListed: more than a page of any server's, in order, each once.
func imagesListed(t *testing.T, s Stores) {
	const n = 1100
	want := map[string]int64{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := worker; i < n; i += 8 {
				ref, err := s.Images.Put(context.Background(), storage.NewKey(), random(i%7))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				want[ref.Key] = ref.Length
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	last, seen := "", 0
	Must(t, s.Images.List(context.Background(), func(key string, length int64) error {
		if stored, known := want[key]; !known || length != stored || key <= last {
			t.Errorf("an image of %d bytes is listed as %d, or out of order, or it was not stored", stored, length)
		}
		last = key
		seen++
		return nil
	}))
	if seen != n {
		t.Errorf("%d of %d images were listed", seen, n)
	}
}

func imagesListStopped(t *testing.T, s Stores) {
	put(t, s, 1)
	put(t, s, 2)
	enough, calls := errors.New("enough"), 0
	err := s.Images.List(context.Background(), func(string, int64) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Fatalf("a stopped list made %d calls and gave %v", calls, err)
	}
}

func imagesCancelled(t *testing.T, s Stores) {
	ref := put(t, s, 10)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, f := range map[string]func() error{
		"Put":    func() error { _, err := s.Images.Put(ctx, storage.NewKey(), []byte("x")); return err },
		"Get":    func() error { _, err := s.Images.Get(ctx, ref); return err },
		"Delete": func() error { return s.Images.Delete(ctx, ref.Key) },
		"List":   func() error { return s.Images.List(ctx, func(string, int64) error { return nil }) },
	} {
		wantCancelled(t, name, f())
	}
	_, err := s.Images.Get(context.Background(), ref)
	Must(t, err)
}

// wantCancelled checks the error of a call whose context was cancelled.
func wantCancelled(t testing.TB, name string, err error) {
	t.Helper()
	if !errors.Is(err, context.Canceled) || models.KindOf(err) != models.Deadline {
		t.Errorf("%s: %v, want a deadline that is context.Canceled", name, err)
	}
}

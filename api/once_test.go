package api_test

import (
	"context"
	"reflect"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"oblik/api"
	"oblik/models"
)

// repeat is by with an idempotency key and a body, each a byte.
func repeat(key, body byte) api.Caller {
	c := by
	c.Once = &api.Once{Key: [32]byte{key}, Body: [32]byte{body}}
	return c
}

// The same request with one key takes effect once, however often it is sent;
// the outcome is the first one's, ids that the service made up included.
func TestOnceEnrolls(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	w := worldIn(t, dir)
	first, err := w.Enroll(ctx, repeat(1, 1), visit("", "", face("ann")))
	if err != nil {
		t.Fatal(err)
	}
	calls := w.calls.Load()
	again, err := w.Enroll(ctx, repeat(1, 1), visit("", "", face("ann")))
	if err != nil || !reflect.DeepEqual(again, first) || w.calls.Load() != calls {
		t.Errorf("%+v, %v after %+v", again, err, first)
	}
	_, err = w.Enroll(ctx, repeat(1, 2), visit("", "", face("bob")))
	wantKind(t, err, models.Reused)
	other, err := w.Enroll(ctx, repeat(2, 1), visit("", "", face("ann")))
	if err != nil || other.Key == first.Key {
		t.Errorf("another key: %+v, %v", other, err)
	}
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w = worldIn(t, dir) // restarted
	again, err = w.Enroll(ctx, repeat(1, 1), visit("", "", face("ann")))
	if err != nil || !reflect.DeepEqual(again, first) {
		t.Errorf("after a restart: %+v, %v", again, err)
	}
	if n := w.parts.Index.Len(); n != 2 {
		t.Errorf("%d encounters, want 2", n)
	}
}

// A refusal that depends on what is on record is the outcome too; one of the
// photograph leaves the key free.
func TestOnceRefuses(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "1", face("ann")))
	_, err := w.Enroll(ctx, repeat(1, 1), visit("p", "1", face("ann")))
	wantKind(t, err, models.Conflict)
	wantKind(t, w.Erase(ctx, repeat(2, 0), visit("p", "2").Key), models.NotFound)
	if err := w.Erase(ctx, repeat(3, 0), visit("p", "1").Key); err != nil {
		t.Fatal(err)
	}
	_, err = w.Enroll(ctx, repeat(1, 1), visit("p", "1", face("ann")))
	wantKind(t, err, models.Conflict)
	if err := w.Erase(ctx, repeat(3, 0), visit("p", "1").Key); err != nil {
		t.Errorf("the same erasure again: %v", err)
	}
	_, err = w.Enroll(ctx, repeat(4, 1), visit("p", "2", face("error "+strconv.Itoa(int(models.NoFace)))))
	wantKind(t, err, models.NoFace)
	if _, err = w.Enroll(ctx, repeat(4, 2), visit("p", "2", face("ann"))); err != nil {
		t.Errorf("another photograph: %v", err)
	}
	wantKind(t, w.Erase(ctx, repeat(2, 0), visit("p", "2").Key), models.NotFound)
}

// Of equal requests at once one takes effect; the others get its outcome or are
// told that it is under way.
func TestOnceAtOnce(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	var done, waiting atomic.Int64
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			switch _, err := w.Enroll(ctx, repeat(1, 1), visit("", "", face("ann"))); {
			case err == nil:
				done.Add(1)
			case models.KindOf(err) == models.InProgress:
				waiting.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if done.Load() == 0 || w.parts.Index.Len() != 1 || len(w.trail(t)) != 1 {
		t.Errorf("%d done, %d waiting, %d on record, trail %v", done.Load(), waiting.Load(), w.parts.Index.Len(), w.trail(t))
	}
}

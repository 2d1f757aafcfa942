package storagetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// actAbandonedBeside: of a change and the giving up of its act, made at one
// moment, one happens and both callers know which.
func actAbandonedBeside(t *testing.T, s Stores) {
	ctx := context.Background()
	stood, gone := 0, 0
	for i := range 60 {
		r := record("p", fmt.Sprint("e", i))
		picture(&r, 1)
		a := begin(t, s, r.ImageKeys()...)
		var wg sync.WaitGroup
		var refused, err error
		var committed bool
		wg.Go(func() { refused = s.Encounters.Create(ctx, a, r) })
		wg.Go(func() {
			time.Sleep(time.Duration(i%6) * 30 * time.Microsecond) // so that each is the first at times
			committed, err = s.Acts.Abandon(ctx, a)
		})
		wg.Wait()
		Must(t, err)
		if committed != (refused == nil) {
			t.Fatalf("Abandon said committed %v, Create %v", committed, refused)
		}
		pending, err := s.Outbox.Pending(ctx, 1000)
		Must(t, err)
		if slices.Contains(pending, r.ImageKeys()[0]) == committed {
			t.Fatalf("committed is %v and the image is queued or not as if it were not", committed)
		}
		if committed {
			wantRecord(t, s, r)
			stood++
			continue
		}
		WantKind(t, refused, models.Unavailable)
		_, err = s.Encounters.Read(ctx, r.Encounter.Key)
		WantKind(t, err, models.NotFound)
		gone++
	}
	t.Logf("%d changes stood and %d were given up", stood, gone)
}

// actReaped: an act whose time is over is given up, and no other.
func actReaped(t *testing.T, s Stores) {
	ctx := context.Background()
	live := record("p", "live")
	picture(&live, 1)
	liveAct := begin(t, s, live.ImageKeys()...)
	keys := newKeys(2)
	late := beginFor(t, s, newAct(), spent, keys...)
	beginFor(t, s, newAct(), spent)
	for _, want := range []int{2, 0} {
		n, err := s.Acts.Reap(ctx)
		Must(t, err)
		if n != want {
			t.Fatalf("%d acts were reaped, want %d", n, want)
		}
		wantPending(t, s, keys)
	}
	r := record("p", "late")
	r.Samples[0].Image = &models.ImageRef{Key: keys[0]}
	WantKind(t, s.Encounters.Create(ctx, late, r), models.Unavailable)
	wantAbandoned(t, s, late, false)
	Must(t, s.Encounters.Create(ctx, liveAct, live))
	wantScan(t, s, []storage.Record{live})
}

// actsReopened: an act may outlive its process until its time is over; its
// images are named all the while.
func actsReopened(t *testing.T, s Stores) {
	ctx := context.Background()
	keys := newKeys(2)
	a := begin(t, s, keys...)
	s = s.Reopen(t)
	named, err := s.Names.Named(ctx, keys)
	Must(t, err)
	if !named[keys[0]] || !named[keys[1]] {
		t.Fatalf("%d of 2 images are named", len(named))
	}
	wantAbandoned(t, s, a, false)
	wantPending(t, s, keys)
}

package storagetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// sweepBeside: 200 enrolments and 100 deletions go on while sweeps run; none is
// a finding, and a repair deletes nothing.
func sweepBeside(t *testing.T, s Stores) {
	var stop atomic.Bool
	var busy sync.WaitGroup
	for client := range 4 {
		busy.Go(func() {
			for i := range 50 {
				if err := enrolAndErase(s, fmt.Sprint("p", client, "-", i), i%2 == 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var sweeps sync.WaitGroup
	for _, o := range []storage.SweepOptions{{Repair: true}, {Repair: true, Quick: true}} {
		sweeps.Go(func() {
			rounds := 0
			for last := false; !last; rounds++ {
				last = stop.Load()
				r, err := storage.Sweep(context.Background(), s.Images, s.Names, o)
				if err != nil || r.Orphans+r.Missing+r.Corrupt+r.Removed != 0 {
					t.Errorf("a sweep found %+v: %v", r, err)
				}
				if last && (r.Images != 100 || r.References != 100) {
					t.Errorf("the last sweep found %+v", r)
				}
			}
			t.Logf("%d sweeps", rounds)
		})
	}
	busy.Wait()
	stop.Store(true)
	sweeps.Wait()
}

// enrolAndErase does what a service does, once.
func enrolAndErase(s Stores, person string, gone bool) error {
	ctx := context.Background()
	r := record(person, "e")
	data := picture(&r, 1)
	key := r.ImageKeys()[0]
	err := inAct(s, []string{key}, func(a storage.Act) error {
		if _, err := s.Images.Put(ctx, key, data[0]); err != nil {
			return err
		}
		return s.Encounters.Create(ctx, a, r)
	})
	if err == nil && gone {
		err = erase(s, r.Encounter.Key)
		if err == nil {
			err = s.Images.Delete(ctx, key)
		}
		if err == nil {
			err = s.Outbox.Done(ctx, key)
		}
	}
	return err
}

// sweepFails: what can't be compared is an error, never a finding.
func sweepFails(t *testing.T, s Stores) {
	pictured(t, s, "p", "e", 1)
	s.Images = storage.NoImages{}
	found := 0
	_, err := storage.Sweep(context.Background(), s.Images, s.Names, storage.SweepOptions{Found: func(storage.Finding) { found++ }})
	WantKind(t, err, models.Unavailable)
	if found != 0 {
		t.Errorf("%d findings", found)
	}
}

package storagetest

import (
	"context"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

var actTests = []test{
	{"acts: a change needs an act", actNeeded},
	{"acts: an act makes one change", actOnce},
	{"acts: a refused change leaves its act", actAfterRefusal},
	{"acts: images are the act's", actImages},
	{"acts: images not used are deleted", actUnusedImages},
	{"acts: abandoned", actAbandoned},
	{"acts: abandoned after the change", actAbandonedLate},
	{"acts: abandoned beside the change", actAbandonedBeside},
	{"acts: reaped", actReaped},
	{"acts: given up by a restart or kept", actsReopened},
}

// spent is a lease that is over when the next call is made.
const spent = time.Microsecond

// beginFor is begin for an act with a claim or a lease of its own.
func beginFor(t testing.TB, s Stores, a storage.Act, lease storage.Lease, keys ...string) storage.Act {
	t.Helper()
	outcome, err := s.Acts.Begin(context.Background(), a, keys, lease)
	Must(t, err)
	if outcome != nil {
		t.Fatalf("the act has the outcome %q already", outcome)
	}
	return a
}

func newKeys(n int) (keys []string) {
	for range n {
		keys = append(keys, storage.NewKey())
	}
	return keys
}

// wantAbandoned abandons an act and checks whether it was committed before.
func wantAbandoned(t testing.TB, s Stores, a storage.Act, want bool) {
	t.Helper()
	committed, err := s.Acts.Abandon(context.Background(), a)
	Must(t, err)
	if committed != want {
		t.Fatalf("committed: %v, want %v", committed, want)
	}
}

// changes are all changes there are to p1 and p2, who have an encounter e1 and e2.
func changes(s Stores) map[string]func(storage.Act) error {
	ctx := context.Background()
	key := models.EncounterKey{Person: "p1", Encounter: "e1"}
	return map[string]func(storage.Act) error{
		"Create": func(a storage.Act) error { return s.Encounters.Create(ctx, a, record("p3", "e3")) },
		"Update": func(a storage.Act) error {
			return s.Encounters.Update(ctx, a, key, func(r *storage.Record) error { r.Encounter.Type = "x"; return nil })
		},
		"Delete":       func(a storage.Act) error { return s.Encounters.Delete(ctx, a, key) },
		"DeletePerson": func(a storage.Act) error { return s.Encounters.DeletePerson(ctx, a, "p1") },
		"Merge":        func(a storage.Act) error { return s.Mover.Merge(ctx, a, "p1", "p2") },
		"Move":         func(a storage.Act) error { return s.Mover.Move(ctx, a, "p1", "p2", "e2") },
	}
}

func actNeeded(t *testing.T, s Stores) {
	ctx := context.Background()
	one, two := record("p1", "e1"), record("p2", "e2")
	Must(t, create(s, one))
	Must(t, create(s, two))
	before := events(t, s, 0)
	for name, change := range changes(s) {
		abandoned := begin(t, s)
		wantAbandoned(t, s, abandoned, false)
		reaped := beginFor(t, s, newAct(), spent)
		_, err := s.Acts.Reap(ctx)
		Must(t, err)
		for why, a := range map[string]storage.Act{"never begun": newAct(), "abandoned": abandoned, "reaped": reaped} {
			if err := change(a); err == nil || models.KindOf(err) != models.Unavailable {
				t.Errorf("%s by an act %s: %v", name, why, err)
			}
			wantAbandoned(t, s, a, false)
		}
	}
	wantRecord(t, s, one)
	wantRecord(t, s, two)
	wantScan(t, s, []storage.Record{one, two})
	if after := events(t, s, 0); len(after) != len(before) {
		t.Errorf("the trail grew by %d lines", len(after)-len(before))
	}
}

func actOnce(t *testing.T, s Stores) {
	a := begin(t, s)
	Must(t, s.Encounters.Create(context.Background(), a, record("p", "e1")))
	WantKind(t, s.Encounters.Create(context.Background(), a, record("p", "e2")), models.Unavailable)
	_, err := s.Encounters.Read(context.Background(), models.EncounterKey{Person: "p", Encounter: "e2"})
	WantKind(t, err, models.NotFound)
}

// actAfterRefusal: what is refused leaves the act under way, for another change
// or to be abandoned.
func actAfterRefusal(t *testing.T, s Stores) {
	ctx := context.Background()
	taken := record("p", "e")
	Must(t, create(s, taken))
	a := begin(t, s)
	WantKind(t, s.Encounters.Create(ctx, a, taken), models.Conflict)
	WantKind(t, s.Encounters.Delete(ctx, a, models.EncounterKey{Person: "p", Encounter: "e2"}), models.NotFound)
	WantKind(t, s.Mover.Merge(ctx, a, "p", "q"), models.NotFound)
	Must(t, s.Encounters.Create(ctx, a, record("p", "e2")))
	wantAbandoned(t, s, a, true)
}

func actAbandoned(t *testing.T, s Stores) {
	keys := newKeys(3)
	a := begin(t, s, keys...)
	wantPending(t, s, nil)
	wantAbandoned(t, s, a, false)
	wantPending(t, s, keys)
	wantAbandoned(t, s, a, false)
	wantAbandoned(t, s, newAct(), false) // never begun
	wantPending(t, s, keys)
	// A line about the refusal is no change.
	Must(t, s.Trail.Append(context.Background(), a))
	wantAbandoned(t, s, a, false)
}

func actAbandonedLate(t *testing.T, s Stores) {
	r := record("p", "e")
	picture(&r, 1)
	a := begin(t, s, r.ImageKeys()...)
	Must(t, s.Encounters.Create(context.Background(), a, r))
	wantAbandoned(t, s, a, true)
	wantAbandoned(t, s, a, true)
	wantPending(t, s, nil)
	wantRecord(t, s, r)
}

package storagetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

var trailTests = []test{
	{"trail: one line a change", trailChanges},
	{"trail: appended", trailAppended},
	{"trail: stopped", trailStopped},
}

// events reads the trail after a line.
func events(t testing.TB, s Stores, after int64) (all []storage.Event) {
	t.Helper()
	Must(t, s.Trail.Events(context.Background(), after, func(e storage.Event) error {
		all = append(all, e)
		return nil
	}))
	return all
}

// wantTrail checks that the trail after a line is that of these acts, in order.
func wantTrail(t testing.TB, s Stores, after int64, want ...storage.Act) {
	t.Helper()
	got := events(t, s, after)
	if len(got) != len(want) {
		t.Fatalf("%d lines after %d, want %d", len(got), after, len(want))
	}
	for i, e := range got {
		want[i].Claim, want[i].Outcome = nil, nil
		if !reflect.DeepEqual(e.Act, want[i]) {
			t.Fatalf("line %d is of %+v, want %+v", i, e.Act, want[i])
		}
		if e.Seq <= after || e.Time.Location() != time.UTC || e.Time.Year() < 2024 {
			t.Fatalf("line %d after %d, at %v", e.Seq, after, e.Time)
		}
		after = e.Seq
	}
}

// trailChanges: of every change, and of nothing that was refused or abandoned.
func trailChanges(t *testing.T, s Stores) {
	ctx := context.Background()
	key := models.EncounterKey{Person: "p1", Encounter: "e1"}
	var want []storage.Act
	for i, change := range []func(storage.Act) error{
		func(a storage.Act) error { return s.Encounters.Create(ctx, a, record("p1", "e1")) },
		func(a storage.Act) error { return s.Encounters.Create(ctx, a, record("p2", "e2")) },
		func(a storage.Act) error { return s.Encounters.Create(ctx, a, record("p2", "e3")) },
		func(a storage.Act) error {
			return s.Encounters.Update(ctx, a, key, func(*storage.Record) error { return nil })
		},
		func(a storage.Act) error { return s.Mover.Move(ctx, a, "p1", "p2", "e2") },
		func(a storage.Act) error { return s.Mover.Merge(ctx, a, "p1", "p2") },
		func(a storage.Act) error { return s.Encounters.Delete(ctx, a, key) },
		func(a storage.Act) error { return s.Encounters.DeletePerson(ctx, a, "p1") },
	} {
		a := storage.Act{ID: storage.NewKey(), Client: fmt.Sprint("client ", i), Operation: fmt.Sprint("operation ", i),
			Transaction: "№ " + fmt.Sprint(i), Person: "p1", Encounter: "e1", Details: []byte(`{"gallery": "g1" }`)}
		if i%2 == 1 {
			a.Person, a.Encounter, a.Details = "", "", nil
			a.Claim, a.Outcome = claiming(nil).Claim, []byte("done")
		}
		refused := begin(t, s)
		WantKind(t, s.Encounters.Delete(ctx, refused, models.EncounterKey{Person: "p9", Encounter: "e"}), models.NotFound)
		wantAbandoned(t, s, refused, false)
		beginFor(t, s, a, ample)
		Must(t, change(a))
		want = append(want, a)
	}
	wantTrail(t, s, 0, want...)
	lines := events(t, s, 0)
	wantTrail(t, s, lines[4].Seq, want[5:]...)
	wantTrail(t, s, lines[7].Seq)
}

func trailAppended(t *testing.T, s Stores) {
	ctx := context.Background()
	wantTrail(t, s, 0)
	asked := storage.Act{ID: storage.NewKey(), Client: "desk", Operation: "verify", Person: "p", Details: []byte(`{"score":41.5}`)}
	Must(t, s.Trail.Append(ctx, asked))
	Must(t, create(s, record("p", "e")))
	again := asked
	again.ID = storage.NewKey()
	Must(t, s.Trail.Append(ctx, again))
	lines := events(t, s, 0)
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3", len(lines))
	}
	wantTrail(t, s, 0, asked, lines[1].Act, again)
	Must(t, erasePerson(s, "p"))
	last := events(t, s, lines[2].Seq)[0].Act
	wantTrail(t, s.Reopen(t), 0, asked, lines[1].Act, again, last)
}

func trailStopped(t *testing.T, s Stores) {
	for range 3 {
		Must(t, s.Trail.Append(context.Background(), newAct()))
	}
	enough, calls := errors.New("enough"), 0
	err := s.Trail.Events(context.Background(), 0, func(storage.Event) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Fatalf("a stopped reading made %d calls and gave %v", calls, err)
	}
}

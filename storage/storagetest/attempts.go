package storagetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

var attemptTests = []test{
	{"attempts: counted", attemptsCounted},
	{"attempts: all of them at once", attemptsAtOnce},
	{"attempts: erased", attemptsErased},
	{"attempts: beside an erasure", attemptsBesideErasure},
	{"attempts: merged", attemptsMerged},
	{"attempts: moved", attemptsMoved},
	{"attempts: locked", attemptsLocked},
}

// fail counts n failed verifications of a person.
func fail(t testing.TB, s Stores, person models.PersonID, n int) {
	t.Helper()
	for range n {
		Must(t, s.Attempts.Fail(context.Background(), person))
	}
}

// wantFailed checks a person's count, and gives how long ago the last was.
func wantFailed(t testing.TB, s Stores, person models.PersonID, want int) time.Duration {
	t.Helper()
	got, ago, err := s.Attempts.Failed(context.Background(), person)
	Must(t, err)
	if got != want || ago < 0 || ago > time.Hour || want == 0 && ago != 0 {
		t.Fatalf("%s has %d failures, the last %v ago; want %d", person, got, ago, want)
	}
	return ago
}

func attemptsCounted(t *testing.T, s Stores) {
	ctx := context.Background()
	Must(t, create(s, record("p", "e")))
	Must(t, create(s, record("q", "e")))
	wantFailed(t, s, "p", 0)
	fail(t, s, "p", 3)
	fail(t, s, "nobody", 2)
	wantFailed(t, s, "p", 3)
	wantFailed(t, s, "q", 0)
	wantFailed(t, s, "nobody", 0)
	s = s.Reopen(t)
	earlier := wantFailed(t, s, "p", 3)
	later := wantFailed(t, s, "p", 3)
	if earlier <= 0 || later < earlier {
		t.Errorf("the last was %v ago, and then %v ago", earlier, later)
	}
	unchanged := func(*storage.Record) error { return nil }
	Must(t, update(s, record("p", "e").Encounter.Key, nil, unchanged))
	fail(t, s, "p", 1)
	wantFailed(t, s, "p", 4)
	for _, person := range []models.PersonID{"p", "p", "q", "nobody"} {
		Must(t, s.Attempts.Clear(ctx, person))
	}
	wantFailed(t, s, "p", 0)
	fail(t, s, "p", 1)
	wantFailed(t, s, "p", 1)
}

// attemptsAtOnce: none is lost, so that guessing in parallel is no way round.
func attemptsAtOnce(t *testing.T, s Stores) {
	Must(t, create(s, record("p", "e")))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if err := s.Attempts.Fail(context.Background(), "p"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	wantFailed(t, s, "p", 80)
}

func attemptsErased(t *testing.T, s Stores) {
	for name, change := range map[string]func() error{
		"person": func() error { return erasePerson(s, "p") },
		"last":   func() error { return erase(s, record("p", "e").Encounter.Key) },
	} {
		Must(t, create(s, record("p", "e")))
		Must(t, create(s, record("q", "e-"+name)))
		fail(t, s, "p", 2)
		fail(t, s, "q", 1)
		Must(t, change())
		wantFailed(t, s, "p", 0)
		wantFailed(t, s, "q", 1)
		Must(t, create(s, record("p", "e"))) // somebody else's now
		wantFailed(t, s, "p", 0)
		Must(t, erasePerson(s, "p"))
		Must(t, erasePerson(s, "q"))
	}
}

// attemptsBesideErasure: it is no error, and nothing of it stays.
func attemptsBesideErasure(t *testing.T, s Stores) {
	for range 20 {
		Must(t, create(s, record("p", "e")))
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for range 3 {
					if err := s.Attempts.Fail(context.Background(), "p"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		Must(t, erasePerson(s, "p"))
		wg.Wait()
		Must(t, create(s, record("p", "e")))
		wantFailed(t, s, "p", 0)
		Must(t, erasePerson(s, "p"))
	}
}

func attemptsMerged(t *testing.T, s Stores) {
	for i, test := range []struct{ target, source, want int }{{0, 0, 0}, {0, 2, 2}, {3, 0, 3}, {1, 2, 2}, {3, 2, 3}} {
		target, source := fmt.Sprint("target", i), fmt.Sprint("source", i)
		Must(t, create(s, record(target, "e1")))
		Must(t, create(s, record(source, "e2")))
		fail(t, s, models.PersonID(target), test.target)
		fail(t, s, models.PersonID(source), test.source)
		WantKind(t, merge(s, models.PersonID(target), models.PersonID(target)), models.Conflict)
		Must(t, merge(s, models.PersonID(target), models.PersonID(source)))
		wantFailed(t, s, models.PersonID(target), test.want)
		wantFailed(t, s, models.PersonID(source), 0)
	}
}

// A count stays with the person until the last encounter moves.
func attemptsMoved(t *testing.T, s Stores) {
	Must(t, create(s, record("target", "e0")))
	Must(t, create(s, record("source", "e1")))
	Must(t, create(s, record("source", "e2")))
	fail(t, s, "target", 1)
	fail(t, s, "source", 3)
	Must(t, move(s, "target", "source", "e1"))
	wantFailed(t, s, "target", 1)
	wantFailed(t, s, "source", 3)
	Must(t, move(s, "target", "source", "e2"))
	wantFailed(t, s, "target", 3)
	wantFailed(t, s, "source", 0)
	Must(t, create(s, record("source", "e1"))) // somebody else's now
	wantFailed(t, s, "source", 0)
}

func attemptsLocked(t *testing.T, s Stores) {
	ctx := context.Background()
	for _, person := range []string{"Zoe", "a", "b", "Z", "none"} {
		Must(t, create(s, record(person, "e")))
	}
	fail(t, s, "b", 4)
	fail(t, s, "Zoe", 2)
	fail(t, s, "a", 1)
	fail(t, s, "Z", 3)
	type locked struct {
		person   models.PersonID
		failures int
	}
	for count, want := range map[int][]locked{
		1: {{"Z", 3}, {"Zoe", 2}, {"a", 1}, {"b", 4}}, 3: {{"Z", 3}, {"b", 4}}, 4: {{"b", 4}}, 5: nil} {
		var got []locked
		Must(t, s.Attempts.Locked(ctx, count, func(p models.PersonID, n int) error { got = append(got, locked{p, n}); return nil }))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d failures or more have %v, want %v", count, got, want)
		}
	}
	enough, calls := errors.New("enough"), 0
	err := s.Attempts.Locked(ctx, 1, func(p models.PersonID, _ int) error {
		calls++
		return errors.Join(s.Attempts.Clear(ctx, p), enough) // the store may be used meanwhile
	})
	if !errors.Is(err, enough) || calls != 1 {
		t.Fatalf("a stopped reading made %d calls and gave %v", calls, err)
	}
	wantFailed(t, s, "Z", 0)
}

package api

import (
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// What is pending, and how far the index is, after each of some readings.
func TestFollowerCounts(t *testing.T) {
	var f follower
	read := func(place storage.Place, gone int64, all bool, people ...models.PersonID) {
		if !f.note(reading{began: time.Now(), gone: gone, people: people, next: place, all: all}) {
			t.Fatal("too many")
		}
	}
	want := func(when string, people int, held, caught int64) {
		t.Helper()
		if f.sum.people != people || f.sum.held != held || f.caught != caught {
			t.Errorf("%s: %+v, caught %d; want %d pending, %d held, %d caught", when, f.sum, f.caught, people, held, caught)
		}
	}
	bring := func(person models.PersonID) { f.done(stripe(person), f.due(stripe(person))) }
	f.begin(storage.Place{Seq: 10}, time.Now(), 0)
	want("at first", 0, 10, 0)
	read(storage.Place{Seq: 12}, 0, true, "a", "b")
	want("two named", 2, 10, 0)
	bring("a")
	want("one taken over", 1, 10, 0)
	read(storage.Place{Seq: 15, Open: []storage.Open{{Seq: 14}}}, 0, true, "c")
	bring("b")
	want("another", 1, 12, 0)
	bring("c")
	want("a number is open", 0, 13, 0)
	read(storage.Place{Seq: 2000}, 3, false, "d")
	bring("d")
	want("after an outage, not all is read", 0, 2000, 0)
	read(storage.Place{Seq: 2001}, 3, true, "e")
	want("all is read, not taken over", 1, 2000, 0)
	read(storage.Place{Seq: 2002}, 3, true, "f")
	bring("e")
	want("what came later may be pending", 1, 2001, 3)
}

// Who is named anew while the records are read stays pending.
func TestNamedAnewMeanwhile(t *testing.T) {
	var f follower
	f.name("a")
	due := f.due(stripe("a"))
	f.name("a")
	f.done(stripe("a"), due)
	if f.sum.people != 1 || len(f.waiting()) != 1 {
		t.Errorf("%+v, %v", f.sum, f.waiting())
	}
	f.done(stripe("a"), f.due(stripe("a")))
	if f.sum.people != 0 || len(f.waiting()) != 0 {
		t.Errorf("%+v, %v", f.sum, f.waiting())
	}
}

// Who is changed again and again, each time while the records are read, does not
// count as waiting since the first time: all but the last change is in the index.
func TestNamedAgainAndAgain(t *testing.T) {
	var f follower
	f.begin(storage.Place{Seq: 1}, time.Now(), 0)
	read := func(seq int64) {
		f.note(reading{began: time.Now(), gone: 1, people: []models.PersonID{"a"}, next: storage.Place{Seq: seq}, all: true})
	}
	read(2)
	first := f.sum.since
	for seq := range int64(10) {
		due := f.due(stripe("a"))
		read(3 + seq)
		f.done(stripe("a"), due)
	}
	if f.sum.people != 1 || f.sum.held != 11 || f.caught != 1 || !f.sum.since.After(first) {
		t.Errorf("%+v, caught %d, since %v", f.sum, f.caught, f.sum.since.Sub(first))
	}
}

// More people than are kept pending make the index be loaded anew.
func TestTooManyPending(t *testing.T) {
	var f follower
	people := make([]models.PersonID, maxPending+1)
	for i := range people {
		people[i] = models.PersonID(time.Duration(i).String())
	}
	if f.note(reading{people: people}) {
		t.Error("they are kept")
	}
}

// A service is out of step when it has read nothing for a while, or somebody has
// waited long; but only while it follows.
func TestOutOfStep(t *testing.T) {
	s := build(Parts{})
	long := time.Now().Add(-time.Minute)
	s.step.begin(storage.Place{}, long, 0)
	if err := s.inStep(); err != nil {
		t.Errorf("where nothing follows: %v", err)
	}
	s.step.on.Store(true)
	if models.KindOf(s.inStep()) != models.Unavailable || s.inStep() == nil {
		t.Error("nothing was read for long")
	}
	s.step.begin(storage.Place{}, time.Now(), 0)
	if err := s.inStep(); err != nil {
		t.Errorf("in step: %v", err)
	}
	s.step.name("a")
	if err := s.inStep(); err != nil {
		t.Errorf("pending for a moment: %v", err)
	}
	s.step.sum.since = long
	if s.inStep() == nil {
		t.Error("pending for long")
	}
	s.step.begin(storage.Place{}, time.Now(), 0)
	s.unload()
	s.records.gone.Add(1)
	if s.inStep() == nil {
		t.Error("the database was away")
	}
}

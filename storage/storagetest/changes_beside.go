package storagetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// eachChange makes one change of every kind after another, and gives the people
// whose records it changed.
func eachChange(t testing.TB, s Stores) iter.Seq2[string, []models.PersonID] {
	key := models.EncounterKey{Person: "p1", Encounter: "e1"}
	made := []struct {
		name   string
		people []models.PersonID
		change func() error
	}{
		{"create", []models.PersonID{"p1"}, func() error { return create(s, record("p1", "e1")) }},
		{"create another", []models.PersonID{"p2"}, func() error { return create(s, record("p2", "e2")) }},
		{"create a third", []models.PersonID{"p2"}, func() error { return create(s, record("p2", "e3")) }},
		{"update", []models.PersonID{"p1"}, func() error {
			return update(s, key, nil, func(r *storage.Record) error { r.Encounter.Status = models.Inactive; return nil })
		}},
		{"move", []models.PersonID{"p1", "p2"}, func() error { return move(s, "p1", "p2", "e2") }},
		{"merge", []models.PersonID{"p1", "p2"}, func() error { return merge(s, "p1", "p2") }},
		{"delete", []models.PersonID{"p1"}, func() error { return erase(s, key) }},
		{"delete person", []models.PersonID{"p1"}, func() error { return erasePerson(s, "p1") }},
	}
	return func(yield func(string, []models.PersonID) bool) {
		for _, m := range made {
			Must(t, m.change())
			if !yield(m.name, m.people) {
				return
			}
		}
	}
}

func changesOfOthers(t *testing.T, s Stores) {
	other := s.Beside(t)
	place, start := head(t, other), head(t, other)
	for name, people := range eachChange(t, s) {
		t.Log(name)
		place = wantChanged(t, other, place, people...)
	}
	wantNobody(t, other, place)
	wantChanged(t, other, start, "p1", "p2")
	wantNobody(t, s, start) // it was its own
}

func changesUndone(t *testing.T, s Stores) {
	other := s.Beside(t)
	Must(t, create(s, record("p", "e")))
	place := head(t, other)
	WantKind(t, create(s, record("p", "e")), models.Conflict)
	no := errors.New("no")
	if err := update(s, record("p", "e").Encounter.Key, nil, func(*storage.Record) error { return no }); !errors.Is(err, no) {
		t.Fatal(err)
	}
	WantKind(t, merge(s, "p", "q"), models.NotFound)
	wantNobody(t, other, place)
}

func changesOnce(t *testing.T, s Stores) {
	other := s.Beside(t)
	place := head(t, other)
	for i := range 20 {
		Must(t, create(s, record(fmt.Sprint("p", 5-i%5), fmt.Sprint("e", i))))
		Must(t, create(other, record("own", fmt.Sprint("e", i))))
	}
	wantChanged(t, other, place, "p1", "p2", "p3", "p4", "p5")
	wantChanged(t, s, place, "own")
}

// changesAnnounced: who waits hears of a change, and not of its own.
func changesAnnounced(t *testing.T, s Stores) {
	other := s.Beside(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	Must(t, other.Changes.Await(ctx)) // listens now
	for i := range 3 {
		heard := make(chan error, 1)
		go func() { heard <- other.Changes.Await(ctx) }()
		Must(t, create(s, record("p", fmt.Sprint("e", i))))
		Must(t, <-heard)
	}
}

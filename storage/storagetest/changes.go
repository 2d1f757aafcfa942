package storagetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// changeTests are of one user of a store.
var changeTests = []test{
	{"changes: entries", entriesOfPeople},
	{"changes: entries refused", entriesRefused},
	{"changes: one's own are not named", changesOfOneself},
	{"changes: a place of another history", changesOfAnother},
	{"changes: waiting ends", awaitEnds},
}

// besideTests are of several users.
var besideTests = []test{
	{"others' are named", changesOfOthers},
	{"undone ones are not named", changesUndone},
	{"each person once", changesOnce},
	{"announced", changesAnnounced},
	{"followed", changesFollowed},
}

// RunChanges tests what a store says of the changes of its other users, for one
// that has them: Stores.Beside is set.
func RunChanges(t *testing.T, open Open) {
	for _, test := range besideTests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func entriesOfPeople(t *testing.T, s Stores) {
	records := []storage.Record{
		templated("p1", "e1", models.Inactive, 2, "g2", "g1"),
		templated("p1", "e2", models.Active, 1, "g1"),
		templated("p2", "e1", models.Active, 0, "g3"),
		templated("p3", "e1", models.Active, 3, "g1"),
	}
	for _, i := range []int{3, 1, 2, 0} { // they come sorted
		Must(t, create(s, records[i]))
	}
	Must(t, create(s, record("gone", "e")))
	Must(t, erasePerson(s, "gone"))
	for _, test := range []struct {
		people []models.PersonID
		want   []storage.Record
	}{
		{nil, nil},
		{[]models.PersonID{"gone", "P1", "", "'\"\\"}, nil},
		{[]models.PersonID{"p2"}, records[2:3]},
		{[]models.PersonID{"p3", "gone", "p1", "p3"}, []storage.Record{records[0], records[1], records[3]}},
	} {
		got, err := s.Changes.Entries(context.Background(), test.people...)
		Must(t, err)
		wantEntries(t, got, test.want)
		if !slices.IsSortedFunc(got, func(a, b models.Entry) int {
			return slices.Compare([]string{string(a.Key.Person), string(a.Key.Encounter)}, []string{string(b.Key.Person), string(b.Key.Encounter)})
		}) {
			t.Errorf("entries of %q are not sorted", test.people)
		}
	}
}

func entriesRefused(t *testing.T, s Stores) {
	people := make([]models.PersonID, models.MaxCandidates+1)
	for i := range people {
		people[i] = models.PersonID(fmt.Sprint("p", i))
	}
	_, err := s.Changes.Entries(context.Background(), people...)
	WantKind(t, err, models.Invalid)
	Must(t, create(s, record(string(people[999]), "e")))
	found, err := s.Changes.Entries(context.Background(), people[:models.MaxCandidates]...)
	Must(t, err)
	if len(found) != 1 {
		t.Errorf("%d entries, want 1", len(found))
	}
}

// changesOfOneself makes every kind of change there is.
func changesOfOneself(t *testing.T, s Stores) {
	place := head(t, s)
	wantNobody(t, s, place)
	for _, people := range eachChange(t, s) {
		place = wantNobody(t, s, place)
		if len(people) == 0 {
			t.Error("a change of nobody")
		}
	}
	again := s.Reopen(t)
	if _, _, err := again.Changes.After(context.Background(), place); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	wantNobody(t, again, head(t, again))
}

func changesOfAnother(t *testing.T, s Stores) {
	Must(t, create(s, record("p", "e")))
	place := head(t, s)
	higher, other := place, place
	higher.Seq++
	other.Mark = storage.NewKey()
	for _, wrong := range []storage.Place{higher, other, {Seq: place.Seq}, {Seq: 1 << 60, Mark: place.Mark}, {Seq: -1, Mark: place.Mark}} {
		people, stays, err := s.Changes.After(context.Background(), wrong)
		WantKind(t, err, models.Conflict)
		if len(people) > 0 || stays.Seq != wrong.Seq {
			t.Errorf("a Conflict names %d people and moves to %d", len(people), stays.Seq)
		}
	}
	wantNobody(t, s, place)
}

func awaitEnds(t *testing.T, s Stores) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	var err error
	for err == nil { // it may have begun to listen
		err = s.Changes.Await(ctx)
	}
	WantKind(t, err, models.Deadline)
}

// head is the place of now.
func head(t testing.TB, s Stores) storage.Place {
	t.Helper()
	place, err := s.Changes.Head(context.Background())
	Must(t, err)
	return place
}

// wantNobody checks that nobody is named, and gives the next place.
func wantNobody(t testing.TB, s Stores, place storage.Place) storage.Place {
	t.Helper()
	return wantChanged(t, s, place)
}

// wantChanged checks who is named, until nobody is, and gives the last place.
func wantChanged(t testing.TB, s Stores, place storage.Place, want ...models.PersonID) storage.Place {
	t.Helper()
	var all []models.PersonID
	for {
		people, next, err := s.Changes.After(context.Background(), place)
		Must(t, err)
		if place = next; len(people) == 0 {
			break
		}
		all = append(all, people...)
	}
	if !slices.Equal(all, want) {
		t.Errorf("changed %q, want %q", all, want)
	}
	return place
}

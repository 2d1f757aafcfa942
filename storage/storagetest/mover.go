package storagetest

import (
	"context"
	"sync"
	"testing"

	"oblik/models"
	"oblik/storage"
)

var moverTests = []test{
	{"merge", mergePersons},
	{"merge refused", mergeRefused},
	{"merges beside each other", mergesBeside},
	{"move", moveEncounter},
	{"move refused", moveRefused},
}

// asTarget is a record as the person target's.
func asTarget(r storage.Record) storage.Record {
	r.Encounter.Key.Person = "target"
	return r
}

func wantUnknown(t *testing.T, s Stores, person models.PersonID) {
	t.Helper()
	_, err := s.Encounters.ReadAll(context.Background(), person)
	WantKind(t, err, models.NotFound)
}

func mergePersons(t *testing.T, s Stores) {
	one, keys := pictured(t, s, "source", "e1", 2)
	two := record("source", "e2", "g2", "g3")
	two.Encounter.Status = models.Inactive
	three, other := record("target", "e3"), record("other", "e1")
	for _, r := range []storage.Record{two, three, other} {
		Must(t, create(s, r))
	}
	Must(t, merge(s, "target", "source"))
	one, two = asTarget(one), asTarget(two)
	for _, r := range []storage.Record{one, two, three, other} {
		wantRecord(t, s, r)
	}
	wantScan(t, s, []storage.Record{one, two, three, other})
	wantUnknown(t, s, "source")
	WantKind(t, merge(s, "source", "other"), models.NotFound)
	wantPending(t, s, nil)
	found, err := s.Encounters.Templates(context.Background(), "target", "g1")
	Must(t, err)
	wantEntries(t, found, []storage.Record{three})
	Must(t, create(s, record("source", "e1"))) // the id is free again
	Must(t, erasePerson(s, "target"))
	wantPending(t, s, keys)
}

func mergeRefused(t *testing.T, s Stores) {
	var all []storage.Record
	for _, r := range []storage.Record{record("a", "e1"), record("a", "e2"), record("b", "e2"), record("b", "e3")} {
		Must(t, create(s, r))
		all = append(all, r)
	}
	for _, person := range []string{"c", "d"} { // known once
		Must(t, create(s, record(person, "e")))
	}
	Must(t, erase(s, record("c", "e").Encounter.Key))
	Must(t, erasePerson(s, "d"))
	for _, test := range []struct {
		target, source models.PersonID
		kind           models.Kind
	}{
		{"a", "b", models.Conflict}, {"b", "a", models.Conflict}, {"a", "a", models.Conflict},
		{"a", "c", models.NotFound}, {"c", "a", models.NotFound}, {"d", "a", models.NotFound}, {"c", "c", models.NotFound}, {"c", "d", models.NotFound},
	} {
		WantKind(t, merge(s, test.target, test.source), test.kind)
		wantScan(t, s, all)
	}
}

// mergesBeside: both ways at once, one has its way and nothing is lost.
func mergesBeside(t *testing.T, s Stores) {
	for range 20 {
		Must(t, create(s, record("a", "e1")))
		Must(t, create(s, record("b", "e2")))
		var wg sync.WaitGroup
		results := make([]error, 2)
		wg.Go(func() { results[0] = merge(s, "a", "b") })
		wg.Go(func() { results[1] = merge(s, "b", "a") })
		wg.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Fatalf("one of two merges should be made: %v", results)
		}
		survivor := models.PersonID("a")
		if results[1] == nil {
			survivor = "b"
		}
		all, err := s.Encounters.ReadAll(context.Background(), survivor)
		Must(t, err)
		if len(all) != 2 {
			t.Fatalf("%d encounters are left of 2", len(all))
		}
		Must(t, erasePerson(s, survivor))
		wantScan(t, s, nil)
	}
}

func moveEncounter(t *testing.T, s Stores) {
	one, keys := pictured(t, s, "source", "e1", 1)
	two, three := record("source", "e2"), record("target", "e3")
	Must(t, create(s, two))
	Must(t, create(s, three))
	Must(t, move(s, "target", "source", "e1"))
	one = asTarget(one)
	wantScan(t, s, []storage.Record{one, two, three})
	wantRecord(t, s, one)
	Must(t, move(s, "target", "source", "e2")) // source's last
	two = asTarget(two)
	wantScan(t, s, []storage.Record{one, two, three})
	wantUnknown(t, s, "source")
	WantKind(t, merge(s, "source", "target"), models.NotFound)
	Must(t, erase(s, one.Encounter.Key))
	wantPending(t, s, keys)
}

func moveRefused(t *testing.T, s Stores) {
	all := []storage.Record{record("a", "e1"), record("a", "e2"), record("b", "e2"), record("b", "e3")}
	for _, r := range all {
		Must(t, create(s, r))
	}
	for _, test := range []struct {
		target, source models.PersonID
		encounter      models.EncounterID
		kind           models.Kind
	}{
		{"a", "b", "e2", models.Conflict}, {"b", "a", "e2", models.Conflict}, {"a", "a", "e1", models.Conflict},
		{"a", "b", "e1", models.NotFound}, {"a", "b", "e4", models.NotFound},
		{"a", "c", "e1", models.NotFound}, {"c", "a", "e1", models.NotFound},
	} {
		WantKind(t, move(s, test.target, test.source, test.encounter), test.kind)
		wantScan(t, s, all)
	}
	for _, r := range all {
		wantRecord(t, s, r)
	}
}

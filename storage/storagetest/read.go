package storagetest

import (
	"context"
	"slices"
	"testing"

	"oblik/models"
)

func notFound(t *testing.T, s Stores) {
	ctx := context.Background()
	Must(t, create(s, record("p1", "e1")))
	for _, key := range []models.EncounterKey{{Person: "p1", Encounter: "e2"}, {Person: "p2", Encounter: "e1"}, {}} {
		_, err := s.Encounters.Read(ctx, key)
		WantKind(t, err, models.NotFound)
		WantKind(t, erase(s, key), models.NotFound)
	}
	for _, person := range []models.PersonID{"p2", "", "' OR 1=1 --"} {
		_, err := s.Encounters.ReadAll(ctx, person)
		WantKind(t, err, models.NotFound)
		WantKind(t, erasePerson(s, person), models.NotFound)
		_, err = s.Encounters.Templates(ctx, person, models.AllGalleries)
		WantKind(t, err, models.NotFound)
	}
}

func readAllInOrder(t *testing.T, s Stores) {
	ctx := context.Background()
	for _, id := range []string{"e2", "e10", "E3", "e1"} {
		Must(t, create(s, record("p1", id)))
		Must(t, create(s, record("p2", id)))
	}
	all, err := s.Encounters.ReadAll(ctx, "p1")
	Must(t, err)
	var got []models.EncounterID
	for _, r := range all {
		if r.Encounter.Key.Person != "p1" || len(r.Samples) != 1 {
			t.Fatalf("read %v with %d samples", r.Encounter.Key, len(r.Samples))
		}
		got = append(got, r.Encounter.Key.Encounter)
	}
	if want := []models.EncounterID{"E3", "e1", "e10", "e2"}; !slices.Equal(got, want) {
		t.Fatalf("order %v, want %v", got, want)
	}
}

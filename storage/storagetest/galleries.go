package storagetest

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"oblik/models"
	"oblik/storage"
)

var galleryTests = []test{
	{"galleries", galleries},
	{"gallery content", content},
}

func galleries(t *testing.T, s Stores) {
	wantGalleries(t, s)
	a, b := record("p1", "e1", "g2", "g10"), record("p2", "e1", "g2", "A", "b")
	b.Encounter.Status = models.Inactive
	Must(t, create(s, a))
	Must(t, create(s, b))
	wantGalleries(t, s, "A", "b", "g10", "g2")
	Must(t, erase(s, a.Encounter.Key))
	wantGalleries(t, s, "A", "b", "g2")
	Must(t, erase(s, b.Encounter.Key))
	wantGalleries(t, s)
}

func content(t *testing.T, s Stores) {
	inactive := record("p1", "e2", "g1")
	inactive.Encounter.Status = models.Inactive
	for _, r := range []storage.Record{
		record("p2", "e1", "g1", "g2"), record("p1", "e10", "g1"), inactive, record("p1", "E3", "g2"), record("P1", "e", "g3"),
	} {
		Must(t, create(s, r))
	}
	key := func(person, encounter string) models.EncounterKey {
		return models.EncounterKey{Person: models.PersonID(person), Encounter: models.EncounterID(encounter)}
	}
	all := []models.EncounterKey{key("P1", "e"), key("p1", "E3"), key("p1", "e10"), key("p1", "e2"), key("p2", "e1")}
	for gallery, want := range map[models.GalleryID][]models.EncounterKey{
		models.AllGalleries: all, "g1": {all[2], all[3], all[4]}, "g2": {all[1], all[4]}, "g3": all[:1], "g4": nil, "": nil,
	} {
		for offset := range len(want) + 2 {
			for limit := range len(want) + 2 {
				got, err := s.Galleries.Content(context.Background(), gallery, offset, limit)
				Must(t, err)
				page := want[min(offset, len(want)):min(offset+limit, len(want))]
				if !slices.Equal(got, page) {
					t.Fatalf("%d of %q after %d are %v, want %v", limit, gallery, offset, got, page)
				}
			}
		}
	}
}

func wantGalleries(t rapid.TB, s Stores, want ...models.GalleryID) {
	t.Helper()
	got, err := s.Galleries.List(context.Background())
	Must(t, err)
	if !slices.Equal(got, want) {
		t.Fatalf("galleries %v, want %v", got, want)
	}
}

package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"oblik/models"
	"oblik/storage"
)

// templated is a record with so many templates, of different weights.
func templated(person, encounter string, status models.Status, n int, galleries ...models.GalleryID) storage.Record {
	r := record(person, encounter, galleries...)
	r.Encounter.Status = status
	r.Samples = []storage.StoredSample{{Modality: "FINGER"}} // a sample without one comes first
	for i := range n {
		r.Samples = append(r.Samples, storage.StoredSample{Modality: models.Face, Template: template(fmt.Sprint("w", i), 100+i)})
	}
	return r
}

// entry is what a record is in the index.
func entry(r storage.Record) models.Entry {
	e := models.Entry{Key: r.Encounter.Key, Status: r.Encounter.Status, Galleries: r.Encounter.Galleries}
	for _, s := range r.Samples {
		if s.Template != nil {
			e.Templates = append(e.Templates, *s.Template)
		}
	}
	return e
}

func templates(t *testing.T, s Stores) {
	ctx := context.Background()
	one := templated("p1", "one", models.Active, 1, "g1")
	three := templated("p1", "three", models.Active, 3, "g2", "g1")
	none := templated("p1", "none", models.Active, 0, "g1", "g3")
	inactive := templated("p1", "inactive", models.Inactive, 2, "g1", "g4")
	other := templated("p2", "one", models.Active, 1, "g1", "g5")
	for _, r := range []storage.Record{one, three, none, inactive, other} {
		Must(t, create(s, r))
	}
	for _, test := range []struct {
		gallery models.GalleryID
		want    []storage.Record
	}{
		{"g1", []storage.Record{one, three}},
		{models.AllGalleries, []storage.Record{one, three}},
		{"g2", []storage.Record{three}},
		{"g3", nil}, // there, without a template
		{"g4", nil}, // there, not active
	} {
		got, err := s.Encounters.Templates(ctx, "p1", test.gallery)
		Must(t, err)
		wantEntries(t, got, test.want)
	}
	for _, gallery := range []models.GalleryID{"g5", "g6", "", "all"} {
		_, err := s.Encounters.Templates(ctx, "p1", gallery)
		WantKind(t, err, models.NotFound)
	}
}

func scan(t *testing.T, s Stores) {
	ctx := context.Background()
	wantScan(t, s, nil)
	records := []storage.Record{
		templated("p1", "e1", models.Active, 2, "g2", "g1"),
		templated("p1", "e2", models.Inactive, 1, "g1"),
		templated("p2", "e1", models.Active, 0, "g3"),
		templated("p3", "e1", models.Active, 1, "g1"),
	}
	records = append(records, storage.Record{Encounter: models.Encounter{ // without any sample
		Key: models.EncounterKey{Person: "p4", Encounter: "e"}, Status: models.Active, Galleries: []models.GalleryID{"g"}}})
	for _, r := range records {
		Must(t, create(s, r))
	}
	wantScan(t, s, records)

	stop, calls := errors.New("enough"), 0
	err := s.Encounters.Scan(ctx, func(models.Entry) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Fatalf("a stopped scan made %d calls and gave %v", calls, err)
	}
	// One snapshot: what is written meanwhile is not in it.
	seen := 0
	Must(t, s.Encounters.Scan(ctx, func(models.Entry) error {
		seen++
		return create(s, record("later", fmt.Sprint("e", seen)))
	}))
	if seen != len(records) {
		t.Fatalf("a scan of %d entries saw %d", len(records), seen)
	}
}

func wantScan(t rapid.TB, s Stores, want []storage.Record) {
	t.Helper()
	var got []models.Entry
	Must(t, s.Encounters.Scan(context.Background(), func(e models.Entry) error {
		got = append(got, e)
		return nil
	}))
	wantEntries(t, got, want)
}

// wantEntries compares in whatever order; that of an encounter's templates counts.
func wantEntries(t rapid.TB, got []models.Entry, want []storage.Record) {
	t.Helper()
	var entries []models.Entry
	for _, r := range want {
		entries = append(entries, entry(r))
	}
	g, w := lines(got), lines(entries)
	if !slices.Equal(g, w) {
		t.Fatalf("entries\n%s\nwant\n%s", strings.Join(g, "\n"), strings.Join(w, "\n"))
	}
}

package storagetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

var updateTests = []test{
	{"update: replaces", updateReplaces},
	{"update: images", updateImages},
	{"update: refused", updateRefused},
	{"update: none is lost", updatesBeside},
	{"update: of what is deleted meanwhile", updateBesideDelete},
}

func updateReplaces(t *testing.T, s Stores) {
	first, other := record("p", "e", "g1", "g2"), record("p", "other")
	first.Samples = append(first.Samples, storage.StoredSample{Modality: "FINGER"})
	Must(t, create(s, first))
	Must(t, create(s, other))
	want := record("p", "e", "g3", "g2")
	want.Encounter.Status, want.Encounter.Type = models.Inactive, ""
	want.Encounter.ClientData, want.Encounter.Protection = nil, nil
	want.Encounter.Biographic = []byte(`{"firstName":"新"}`)
	want.Encounter.Updated = time.Date(2026, 3, 4, 5, 6, 7, 89000, time.UTC)
	want.Samples = []storage.StoredSample{{Modality: models.Face, Template: template("w-9", 5), Forgotten: true}}
	Must(t, update(s, first.Encounter.Key, nil, func(r *storage.Record) error {
		equal(t, *r, first)
		*r = want
		return nil
	}))
	wantRecord(t, s, want)
	wantRecord(t, s, other)
	wantScan(t, s, []storage.Record{want, other})
	wantGalleries(t, s, "g1", "g2", "g3")
	Must(t, update(s, first.Encounter.Key, nil, func(r *storage.Record) error { r.Samples = nil; return nil }))
	want.Samples = nil
	wantRecord(t, s, want)
}

// updateImages: those that are kept stay, those dropped are queued, new ones are the act's.
func updateImages(t *testing.T, s Stores) {
	r, keys := pictured(t, s, "p", "e", 3)
	added := record("p", "e")
	added.Samples = nil
	picture(&added, 1)
	unused := newKeys(1)
	Must(t, update(s, r.Encounter.Key, append(added.ImageKeys(), unused...), func(r *storage.Record) error {
		r.Samples = []storage.StoredSample{r.Samples[2], added.Samples[0], r.Samples[1]}
		return nil
	}))
	want := r
	want.Samples = []storage.StoredSample{r.Samples[2], added.Samples[0], r.Samples[1]}
	wantRecord(t, s, want)
	pending, err := s.Outbox.Pending(context.Background(), 9)
	Must(t, err)
	if len(pending) != 2 || !slices.Contains(pending, keys[0]) || !slices.Contains(pending, unused[0]) {
		t.Fatalf("%d images are queued, want the dropped and the unused one", len(pending))
	}
}

func updateRefused(t *testing.T, s Stores) {
	r, _ := pictured(t, s, "p", "e", 1)
	Must(t, create(s, record("p", "e2")))
	before := events(t, s, 0)
	reason := errors.New("the caller's reason")
	err := update(s, r.Encounter.Key, nil, func(r *storage.Record) error {
		r.Encounter.Type, r.Samples = "changed", nil
		return reason
	})
	if !errors.Is(err, reason) {
		t.Errorf("%v is not change's error", err)
	}
	ours := models.Errorf("change", models.Conflict, "ours")
	WantKind(t, update(s, r.Encounter.Key, nil, func(*storage.Record) error { return ours }), models.Conflict)
	for name, change := range map[string]func(*storage.Record){
		"another key":     func(r *storage.Record) { r.Encounter.Key.Encounter = "e9" },
		"another person":  func(r *storage.Record) { r.Encounter.Key.Person = "q" },
		"no gallery":      func(r *storage.Record) { r.Encounter.Galleries = nil },
		"the gallery ALL": func(r *storage.Record) { r.Encounter.Galleries = []models.GalleryID{models.AllGalleries} },
		"no status":       func(r *storage.Record) { r.Encounter.Status = "" },
	} {
		err := update(s, r.Encounter.Key, nil, func(r *storage.Record) error { change(r); return nil })
		if err == nil || models.KindOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, key := range []models.EncounterKey{{Person: "p", Encounter: "e3"}, {Person: "q", Encounter: "e"}} {
		WantKind(t, update(s, key, nil, func(*storage.Record) error {
			t.Error("change was called without a record")
			return nil
		}), models.NotFound)
	}
	wantRecord(t, s, r)
	wantPending(t, s, nil)
	if after := events(t, s, 0); len(after) != len(before) {
		t.Errorf("the trail grew by %d lines", len(after)-len(before))
	}
}

// updatesBeside: 50 who count at once count to 50.
func updatesBeside(t *testing.T, s Stores) {
	const n = 50
	r := record("p", "e")
	r.Encounter.Type = "0"
	Must(t, create(s, r))
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := update(s, r.Encounter.Key, nil, func(r *storage.Record) error {
				count, err := strconv.Atoi(r.Encounter.Type)
				r.Encounter.Type = strconv.Itoa(count + 1)
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r.Encounter.Type = strconv.Itoa(n)
	wantRecord(t, s, r)
}

// updateBesideDelete: an update never brings back what was deleted.
func updateBesideDelete(t *testing.T, s Stores) {
	for range 30 {
		r, _ := pictured(t, s, "p", "e", 1)
		var wg sync.WaitGroup
		wg.Go(func() {
			err := update(s, r.Encounter.Key, nil, func(r *storage.Record) error { r.Encounter.Type = "x"; return nil })
			if err != nil && models.KindOf(err) != models.NotFound {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := erase(s, r.Encounter.Key); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		wantScan(t, s, nil)
	}
}

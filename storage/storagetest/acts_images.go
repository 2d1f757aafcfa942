package storagetest

import (
	"context"
	"slices"
	"testing"

	"oblik/models"
	"oblik/storage"
)

func actImages(t *testing.T, s Stores) {
	ctx := context.Background()
	there, _ := pictured(t, s, "p", "there", 1)
	others := newKeys(1)
	begin(t, s, others...)
	own := newKeys(2)
	a := begin(t, s, own...)
	for name, keys := range map[string][]string{
		"nobody's":         newKeys(1),
		"own and nobody's": append(newKeys(1), own[0]),
		"one twice":        {own[0], own[0]},
		"another record's": there.ImageKeys(),
		"another act's":    others,
	} {
		r := record("p", "new")
		for _, key := range keys {
			r.Samples = append(r.Samples, storage.StoredSample{Modality: models.Face, Image: &models.ImageRef{Key: key}})
		}
		if err := s.Encounters.Create(ctx, a, r); err == nil || models.KindOf(err) != models.Invalid {
			t.Errorf("Create with images that are %s: %v", name, err)
		}
		err := s.Encounters.Update(ctx, a, models.EncounterKey{Person: "p", Encounter: "there"}, func(changed *storage.Record) error {
			changed.Samples = slices.Concat(r.Samples, there.Samples)
			return nil
		})
		if err == nil || models.KindOf(err) != models.Invalid {
			t.Errorf("Update with images that are %s: %v", name, err)
		}
	}
	wantScan(t, s, []storage.Record{there})
	wantAbandoned(t, s, a, false)
	wantPending(t, s, own)
}

func actUnusedImages(t *testing.T, s Stores) {
	keys := newKeys(3)
	a := begin(t, s, keys...)
	r := record("p", "e")
	r.Samples[0].Image = &models.ImageRef{Key: keys[1]}
	Must(t, s.Encounters.Create(context.Background(), a, r))
	wantPending(t, s, []string{keys[0], keys[2]})
	keys = newKeys(2)
	a = begin(t, s, keys...)
	Must(t, s.Encounters.Delete(context.Background(), a, r.Encounter.Key))
	pending, err := s.Outbox.Pending(context.Background(), 9)
	Must(t, err)
	for _, key := range append(keys, r.Samples[0].Image.Key) {
		if !slices.Contains(pending, key) {
			t.Error("an image that nothing names any more is not queued")
		}
	}
	if len(pending) != 5 {
		t.Errorf("%d images are queued, want 5", len(pending))
	}
}

package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"oblik/models"
)

var nameTests = []test{
	{"names: from the beginning to the end", named},
	{"names: references", referenced},
}

// named follows images from before they are written until they are forgotten.
func named(t *testing.T, s Stores) {
	ctx := context.Background()
	strangers := newKeys(3)
	r := record("p", "e")
	picture(&r, 2)
	used, unused := r.ImageKeys(), newKeys(1)
	want := func(when string, keys ...string) {
		t.Helper()
		got, err := s.Names.Named(ctx, append(append(append(newKeys(1), used...), unused...), strangers...))
		Must(t, err)
		expected := map[string]bool{}
		for _, key := range keys {
			expected[key] = true
		}
		if !maps.Equal(got, expected) {
			t.Fatalf("%s %d images are named, want %d", when, len(got), len(expected))
		}
	}
	want("before the act")
	a := begin(t, s, append(used, unused...)...)
	want("while it is under way", append(used, unused...)...)
	Must(t, s.Encounters.Create(ctx, a, r))
	want("by the record and the outbox", append(used, unused...)...)
	Must(t, s.Outbox.Done(ctx, unused[0]))
	want("by the record", used...)
	Must(t, erase(s, r.Encounter.Key))
	want("by the outbox", used...)
	Must(t, s.Outbox.Done(ctx, used[0]))
	want("when one is done", used[1])
	Must(t, s.Outbox.Done(ctx, used[1]))
	want("in the end")
	got, err := s.Names.Named(ctx, nil)
	Must(t, err)
	if len(got) != 0 {
		t.Fatalf("of no images %d are named", len(got))
	}
}

// referenced: by key, those of records only.
func referenced(t *testing.T, s Stores) {
	ctx := context.Background()
	want := map[string]models.EncounterKey{}
	refs := map[string]models.ImageRef{}
	for i := range 20 {
		r := record(fmt.Sprint("p", i%7), fmt.Sprint("e", i))
		picture(&r, i%4)
		Must(t, create(s, r))
		for _, sample := range r.Samples {
			if sample.Image != nil {
				want[sample.Image.Key], refs[sample.Image.Key] = r.Encounter.Key, *sample.Image
			}
		}
	}
	gone, _ := pictured(t, s, "gone", "e", 2)
	Must(t, erase(s, gone.Encounter.Key))
	begin(t, s, newKeys(2)...)
	last, seen := "", 0
	Must(t, s.Names.References(ctx, "", func(key models.EncounterKey, ref models.ImageRef) error {
		if ref.Key <= last || want[ref.Key] != key || refs[ref.Key] != ref {
			t.Errorf("an image of %v, want one of %v", key, want[ref.Key])
		}
		last = ref.Key
		seen++
		return nil
	}))
	if seen != len(want) {
		t.Errorf("%d references, want %d", seen, len(want))
	}
	keys := slices.Sorted(maps.Keys(want))
	half := keys[len(keys)/2]
	var rest []string
	Must(t, s.Names.References(ctx, half, func(_ models.EncounterKey, ref models.ImageRef) error {
		rest = append(rest, ref.Key)
		return nil
	}))
	if !slices.Equal(rest, keys[len(keys)/2+1:]) {
		t.Errorf("%d references after the middle of %d", len(rest), len(keys))
	}
	enough, calls := errors.New("enough"), 0
	err := s.Names.References(ctx, "", func(models.EncounterKey, models.ImageRef) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Fatalf("a stopped reading made %d calls and gave %v", calls, err)
	}
}

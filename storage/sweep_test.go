package storage_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/storagetest"
)

// The suites of storagetest sweep every store. Here is what they are too small for:
// more references than a sweep holds in memory at once.

// rows are the references of records, by image key.
type rows []models.ImageRef

// Named implements [storage.Names]; there is neither an act nor an outbox.
func (r rows) Named(_ context.Context, keys []string) (map[string]bool, error) {
	names := map[string]bool{}
	for _, key := range keys {
		if _, found := slices.BinarySearchFunc(r, key, func(ref models.ImageRef, key string) int {
			return strings.Compare(ref.Key, key)
		}); found {
			names[key] = true
		}
	}
	return names, nil
}

// References implements [storage.Names].
func (r rows) References(_ context.Context, after string, f func(models.EncounterKey, models.ImageRef) error) error {
	for _, ref := range r {
		if ref.Key <= after {
			continue
		}
		if err := f(models.EncounterKey{Person: "p", Encounter: "e"}, ref); err != nil {
			return err
		}
	}
	return nil
}

func TestSweepOfMany(t *testing.T) {
	ctx := context.Background()
	const n = 250_000
	images := storagetest.NewMemoryImages()
	var all rows
	var missing, orphans []string
	for i := range n {
		key := fmt.Sprintf("%032x", i)
		ref, err := images.Put(ctx, key, []byte(key)[:i%3])
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case i%1000 == 7, i >= 120_000 && i < 125_000: // some here and there, and a hole
			missing = append(missing, key)
			if err := images.Delete(ctx, key); err != nil {
				t.Fatal(err)
			}
		case i%1000 == 9, i >= 220_000 && i < 225_000:
			orphans = append(orphans, key)
			continue
		}
		all = append(all, ref)
	}
	for _, quick := range []bool{true, false} {
		found := map[storage.Fault][]string{}
		report, err := storage.Sweep(ctx, images, all, storage.SweepOptions{
			Quick: quick,
			Found: func(f storage.Finding) { found[f.Fault] = append(found[f.Fault], f.Key) },
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(found[storage.Orphan])
		slices.Sort(found[storage.Missing])
		if !slices.Equal(found[storage.Orphan], orphans) || !slices.Equal(found[storage.Missing], missing) || len(found) != 2 {
			t.Errorf("%d orphans and %d missing, want %d and %d; %d kinds", len(found[storage.Orphan]), len(found[storage.Missing]),
				len(orphans), len(missing), len(found))
		}
		want := storage.SweepReport{Images: n - len(missing), References: len(all), Orphans: len(orphans), Missing: len(missing)}
		if report != want {
			t.Errorf("reported %+v, want %+v", report, want)
		}
	}
}

package storagetest

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"oblik/models"
	"oblik/storage"
)

// pictured is a record with n images, which are stored.
func pictured(t testing.TB, s Stores, person, encounter string, n int) (storage.Record, []string) {
	t.Helper()
	r := record(person, encounter)
	r.Samples = nil
	var keys []string
	for range n {
		ref := put(t, s, 50)
		r.Samples = append(r.Samples, storage.StoredSample{Modality: models.Face, Image: &ref})
		keys = append(keys, ref.Key)
	}
	must(t, s.Encounters.Create(context.Background(), r))
	return r, keys
}

func wantPending(t rapid.TB, s Stores, want []string) {
	t.Helper()
	got, err := s.Outbox.Pending(context.Background(), 1<<20)
	must(t, err)
	if !slices.Equal(got, want) {
		t.Fatalf("pending %v, want %v", got, want)
	}
}

func deleteEncounter(t *testing.T, s Stores) {
	ctx := context.Background()
	first, keys := pictured(t, s, "p1", "e1", 2)
	second, more := pictured(t, s, "p1", "e2", 1)
	wantPending(t, s, nil)

	must(t, s.Encounters.Delete(ctx, first.Encounter.Key))
	_, err := s.Encounters.Read(ctx, first.Encounter.Key)
	wantKind(t, err, models.NotFound)
	wantKind(t, s.Encounters.Delete(ctx, first.Encounter.Key), models.NotFound)
	all, err := s.Encounters.ReadAll(ctx, "p1")
	must(t, err)
	if len(all) != 1 {
		t.Fatalf("%d encounters are left, want 1", len(all))
	}
	wantPending(t, s, keys)

	must(t, s.Encounters.Delete(ctx, second.Encounter.Key)) // and the person with the last
	_, err = s.Encounters.ReadAll(ctx, "p1")
	wantKind(t, err, models.NotFound)
	wantKind(t, s.Encounters.DeletePerson(ctx, "p1"), models.NotFound)
	wantPending(t, s, append(keys, more...))
	wantScan(t, s, nil)
}

func deletePerson(t *testing.T, s Stores) {
	ctx := context.Background()
	_, late := pictured(t, s, "p1", "e2", 2)
	_, early := pictured(t, s, "p1", "e1", 1)
	kept, _ := pictured(t, s, "p2", "e1", 1)
	must(t, s.Encounters.DeletePerson(ctx, "p1"))
	wantPending(t, s, append(early, late...))
	_, err := s.Encounters.ReadAll(ctx, "p1")
	wantKind(t, err, models.NotFound)
	wantScan(t, s, []storage.Record{kept})
}

func outbox(t *testing.T, s Stores) {
	ctx := context.Background()
	var want []string
	for _, person := range []string{"p3", "p1", "p2"} {
		r, keys := pictured(t, s, person, "e", 2)
		must(t, s.Encounters.Delete(ctx, r.Encounter.Key))
		want = append(want, keys...)
	}
	for _, limit := range []int{-1, 0, 1, 4, 6, 7} {
		got, err := s.Outbox.Pending(ctx, limit)
		must(t, err)
		if n := min(max(limit, 0), len(want)); !slices.Equal(got, want[:n]) {
			t.Fatalf("Pending(%d) gave %v, want %v", limit, got, want[:n])
		}
	}
	must(t, s.Outbox.Done(ctx, want[2]))
	must(t, s.Outbox.Done(ctx, want[2]))
	must(t, s.Outbox.Done(ctx, want[0]))
	must(t, s.Outbox.Done(ctx, "no key at all"))
	wantPending(t, s, append([]string{want[1]}, want[3:]...))
}

// sweep: images without a row go, whether they are queued or were forgotten;
// rows without an image are counted.
func sweep(t *testing.T, s Stores) {
	ctx := context.Background()
	wantSweep(t, s, storage.SweepReport{})
	kept, _ := pictured(t, s, "p1", "e1", 2)
	_, lost := pictured(t, s, "p2", "e1", 2)
	gone, queued := pictured(t, s, "p3", "e1", 2)
	must(t, s.Images.Delete(ctx, lost[0]))
	must(t, s.Encounters.Delete(ctx, gone.Encounter.Key))
	must(t, s.Images.Delete(ctx, queued[0])) // as if the process had ended before Done
	stray := put(t, s, 10)

	// Looked at: 2 of p1, 1 of p2, 1 of p3 and the stray.
	wantSweep(t, s, storage.SweepReport{Images: 5, Strays: 2, Missing: 1})
	wantPending(t, s, nil)
	_, err := s.Images.Get(ctx, stray)
	wantKind(t, err, models.NotFound)
	for _, sample := range kept.Samples {
		_, err := s.Images.Get(ctx, *sample.Image)
		must(t, err)
	}
	wantSweep(t, s, storage.SweepReport{Images: 3, Missing: 1})
}

func wantSweep(t testing.TB, s Stores, want storage.SweepReport) {
	t.Helper()
	got, err := s.Sweeper.Sweep(context.Background())
	must(t, err)
	if got != want {
		t.Fatalf("the sweep found %+v, want %+v", got, want)
	}
}

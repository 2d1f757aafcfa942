package storagetest

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"oblik/models"
	"oblik/storage"
)

func wantPending(t rapid.TB, s Stores, want []string) {
	t.Helper()
	got, err := s.Outbox.Pending(context.Background(), 1<<20)
	Must(t, err)
	if !slices.Equal(got, want) {
		t.Fatalf("pending %v, want %v", got, want)
	}
}

func deleteEncounter(t *testing.T, s Stores) {
	ctx := context.Background()
	first, keys := pictured(t, s, "p1", "e1", 2)
	second, more := pictured(t, s, "p1", "e2", 1)
	wantPending(t, s, nil)

	Must(t, erase(s, first.Encounter.Key))
	_, err := s.Encounters.Read(ctx, first.Encounter.Key)
	WantKind(t, err, models.NotFound)
	WantKind(t, erase(s, first.Encounter.Key), models.NotFound)
	all, err := s.Encounters.ReadAll(ctx, "p1")
	Must(t, err)
	if len(all) != 1 {
		t.Fatalf("%d encounters are left, want 1", len(all))
	}
	wantPending(t, s, keys)

	Must(t, erase(s, second.Encounter.Key)) // and the person with the last
	_, err = s.Encounters.ReadAll(ctx, "p1")
	WantKind(t, err, models.NotFound)
	WantKind(t, erasePerson(s, "p1"), models.NotFound)
	wantPending(t, s, append(keys, more...))
	wantScan(t, s, nil)
}

func deletePerson(t *testing.T, s Stores) {
	ctx := context.Background()
	_, late := pictured(t, s, "p1", "e2", 2)
	_, early := pictured(t, s, "p1", "e1", 1)
	kept, _ := pictured(t, s, "p2", "e1", 1)
	Must(t, erasePerson(s, "p1"))
	wantPending(t, s, append(early, late...))
	_, err := s.Encounters.ReadAll(ctx, "p1")
	WantKind(t, err, models.NotFound)
	wantScan(t, s, []storage.Record{kept})
}

func outbox(t *testing.T, s Stores) {
	ctx := context.Background()
	var want []string
	for _, person := range []string{"p3", "p1", "p2"} {
		r, keys := pictured(t, s, person, "e", 2)
		Must(t, erase(s, r.Encounter.Key))
		want = append(want, keys...)
	}
	for _, limit := range []int{-1, 0, 1, 4, 6, 7} {
		got, err := s.Outbox.Pending(ctx, limit)
		Must(t, err)
		if n := min(max(limit, 0), len(want)); !slices.Equal(got, want[:n]) {
			t.Fatalf("Pending(%d) gave %v, want %v", limit, got, want[:n])
		}
	}
	Must(t, s.Outbox.Done(ctx, want[2]))
	Must(t, s.Outbox.Done(ctx, want[2]))
	Must(t, s.Outbox.Done(ctx, want[0]))
	Must(t, s.Outbox.Done(ctx, "no key at all"))
	wantPending(t, s, append([]string{want[1]}, want[3:]...))
}

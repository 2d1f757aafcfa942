package storagetest

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"oblik/models"
)

func galleries(t *testing.T, s Stores) {
	ctx := context.Background()
	wantGalleries(t, s)
	a, b := record("p1", "e1", "g2", "g10"), record("p2", "e1", "g2", "A", "b")
	b.Encounter.Status = models.Inactive
	must(t, s.Encounters.Create(ctx, a))
	must(t, s.Encounters.Create(ctx, b))
	wantGalleries(t, s, "A", "b", "g10", "g2")
	must(t, s.Encounters.Delete(ctx, a.Encounter.Key))
	wantGalleries(t, s, "A", "b", "g2")
	must(t, s.Encounters.Delete(ctx, b.Encounter.Key))
	wantGalleries(t, s)
}

func wantGalleries(t rapid.TB, s Stores, want ...models.GalleryID) {
	t.Helper()
	got, err := s.Galleries.List(context.Background())
	must(t, err)
	if !slices.Equal(got, want) {
		t.Fatalf("galleries %v, want %v", got, want)
	}
}

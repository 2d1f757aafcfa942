package api_test

import (
	"context"
	"slices"
	"testing"

	"oblik/api"
	"oblik/models"
)

// An INACTIVE record matches nobody, and is found again when it is ACTIVE.
func TestSetStatus(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	before, err := w.Read(ctx, by, key("p", "e"))
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []models.Status{models.Inactive, models.Inactive, models.Active} {
		if err := w.SetStatus(ctx, by, key("p", "e"), status); err != nil {
			t.Fatal(err)
		}
		if w.matches(t, "p", "ann") != (status == models.Active) {
			t.Errorf("%s: matches, or does not", status)
		}
		after, err := w.Read(ctx, by, key("p", "e"))
		if err != nil || after.Status != status || !after.Updated.After(before.Updated) || !after.Created.Equal(before.Created) ||
			string(after.Samples[0].Image) != "ann" || !slices.Equal(after.Galleries, before.Galleries) {
			t.Errorf("%+v, %v", after, err)
		}
		before = after
	}
	if report := w.swept(t); report != kept(1) {
		t.Errorf("%+v", report)
	}
	for name, err := range map[string]error{
		"another status":    w.SetStatus(ctx, by, key("p", "e"), "active"),
		"no id":             w.SetStatus(ctx, by, key("p", ""), models.Active),
		"no galleries":      w.SetGalleries(ctx, by, key("p", "e"), nil),
		"a gallery's id":    w.SetGalleries(ctx, by, key("p", "e"), []models.GalleryID{"a/b"}),
		"a gallery twice":   w.SetGalleries(ctx, by, key("p", "e"), []models.GalleryID{"a", "a"}),
		"too many":          w.SetGalleries(ctx, by, key("p", "e"), galleries(api.MaxGalleries+1)),
		"gallery ALL, too":  w.SetGalleries(ctx, by, key("p", "e"), []models.GalleryID{"ALL"}),
		"galleries, no id":  w.SetGalleries(ctx, by, key("", "e"), []models.GalleryID{"a"}),
		"unknown":           notFound(w.SetStatus(ctx, by, key("q", "e"), models.Active)),
		"unknown encounter": notFound(w.SetGalleries(ctx, by, key("p", "f"), []models.GalleryID{"a"})),
	} {
		if kindOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// notFound makes a NotFound an Invalid, and nothing else.
func notFound(err error) error {
	if kindOf(err) == models.NotFound {
		return models.Errorf("test", models.Invalid, "as wanted")
	}
	return models.Errorf("test", models.Internal, "not NotFound: %w", err)
}

// A record leaves its galleries for others, in store and index.
func TestSetGalleries(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, in(visit("p", "e", face("ann")), "a", "b"))
	if err := w.SetGalleries(ctx, by, key("p", "e"), []models.GalleryID{"c", "b"}); err != nil {
		t.Fatal(err)
	}
	for gallery, want := range map[models.GalleryID]models.Kind{"a": models.NotFound, "b": fine, "c": fine} {
		found, err := w.Identify(ctx, by, gallery, faces("ann"), api.IdentifyOptions{})
		if kindOf(err) != want || (len(found.Candidates) == 1) != (err == nil) {
			t.Errorf("search in %s: %+v, %v", gallery, found, err)
		}
		if _, err := w.Verify(ctx, by, "p", gallery, faces("ann"), nil); kindOf(err) != want {
			t.Errorf("verification in %s: %v", gallery, err)
		}
	}
	if all, err := w.ListGalleries(ctx, by); err != nil || !slices.Equal(all, []models.GalleryID{"b", "c"}) {
		t.Errorf("%v, %v", all, err)
	}
	if err := w.SetGalleries(ctx, repeat(1, 1), key("p", "e"), []models.GalleryID{"d"}); err != nil {
		t.Fatal(err)
	}
	if err := w.SetGalleries(ctx, by, key("p", "e"), []models.GalleryID{"f"}); err != nil {
		t.Fatal(err)
	}
	if err := w.SetGalleries(ctx, repeat(1, 1), key("p", "e"), []models.GalleryID{"d"}); err != nil { // has been made
		t.Fatal(err)
	}
	if all, err := w.ListGalleries(ctx, by); err != nil || !slices.Equal(all, []models.GalleryID{"f"}) {
		t.Errorf("%v, %v", all, err)
	}
}

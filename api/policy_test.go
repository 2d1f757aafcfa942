package api_test

import (
	"context"
	"slices"
	"testing"

	"oblik/api"
	"oblik/models"
)

func TestClientsFloors(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	strict := by
	strict.VerifyFloor, strict.IdentifyFloor = 70, 60
	d, err := w.Verify(ctx, strict, "p", "main", faces("ann"), nil)
	if err != nil || d.Threshold != 70 {
		t.Errorf("the default is not raised to the client's floor: %+v, %v", d, err)
	}
	_, err = w.Verify(ctx, strict, "p", "main", faces("ann"), ptr(69))
	wantKind(t, err, models.Invalid)
	_, err = w.VerifyImages(ctx, strict, faces("ann"), faces("ann"), ptr(69))
	wantKind(t, err, models.Invalid)
	_, err = w.Identify(ctx, strict, "main", faces("ann"), api.IdentifyOptions{Threshold: ptr(59)})
	wantKind(t, err, models.Invalid)
	wantKind(t, w.CheckVerify(strict, "main", ptr(69), faces("ann")), models.Invalid)
	wantKind(t, w.CheckIdentify(strict, "main", api.IdentifyOptions{Threshold: ptr(59)}), models.Invalid)
	lax := by // never below the policy's
	lax.VerifyFloor, lax.IdentifyFloor = 1, 1
	wantKind(t, w.CheckVerify(lax, "main", ptr(29), faces("ann")), models.Invalid)
	wantKind(t, w.CheckIdentify(lax, "main", api.IdentifyOptions{Threshold: ptr(9)}), models.Invalid)
	if d, err = w.Verify(ctx, lax, "p", "main", faces("ann"), nil); err != nil || d.Threshold != 40 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestClientsGalleries(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	e := visit("p", "e", face("ann"))
	e.Galleries = []models.GalleryID{"main", "secret"}
	w.enroll(t, e)
	limited, all := by, by
	limited.Galleries = []models.GalleryID{"main", "empty"}
	all.Galleries = []models.GalleryID{"main", models.AllGalleries}
	for _, gallery := range []models.GalleryID{"secret", "nowhere", models.AllGalleries} {
		wantKind(t, w.CheckVerify(limited, gallery, nil, faces("ann")), models.Forbidden)
		_, err := w.Verify(ctx, limited, "p", gallery, faces("ann"), nil)
		wantKind(t, err, models.Forbidden)
		_, err = w.Identify(ctx, limited, gallery, faces("ann"), api.IdentifyOptions{})
		wantKind(t, err, models.Forbidden)
	}
	_, err := w.Verify(ctx, limited, "p", "empty", faces("ann"), nil)
	wantKind(t, err, models.NotFound)
	if d, err := w.Verify(ctx, limited, "p", "main", faces("ann"), nil); err != nil || !d.Match {
		t.Errorf("%+v, %v", d, err)
	}
	if err := w.CheckVerify(limited, "", nil, faces("ann"), faces("ann")); err != nil {
		t.Errorf("a comparison of images: %v", err)
	}
	for _, c := range []struct {
		by      api.Caller
		gallery models.GalleryID
		want    []models.GalleryID
	}{
		{limited, "main", []models.GalleryID{"main"}},
		{all, "secret", e.Galleries},
		{by, models.AllGalleries, e.Galleries},
	} {
		got, err := w.Identify(ctx, c.by, c.gallery, faces("ann"), api.IdentifyOptions{})
		if err != nil || len(got.Candidates) != 1 || !slices.Equal(got.Candidates[0].Galleries, c.want) {
			t.Errorf("%v: %+v, %v", c.by.Galleries, got, err)
		}
	}
	if got, _ := w.Identify(ctx, by, "secret", faces("ann"), api.IdentifyOptions{}); len(got.Candidates[0].Galleries) != 2 {
		t.Error("the index lost a gallery")
	}
}

func TestChecksWithoutTheStores(t *testing.T) {
	w := newWorld(t)
	wantKind(t, w.CheckProbes(nil), models.Invalid)
	wantKind(t, w.CheckVerify(by, "a b", nil, faces("ann")), models.Invalid)
	wantKind(t, w.CheckVerify(by, "main", nil, faces("ann"), nil), models.Invalid)
	wantKind(t, w.CheckIdentify(by, "", api.IdentifyOptions{}), models.Invalid)
	wantKind(t, w.CheckIdentify(by, "main", api.IdentifyOptions{Max: models.MaxCandidates + 1}), models.Invalid)
	sealed := face("ann")
	sealed.Sealed = true
	_, err := w.VerifyImages(context.Background(), by, []models.Sample{sealed}, faces("ann"), nil)
	wantKind(t, err, models.Invalid)
}

package api_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"oblik/api"
	"oblik/models"
)

func TestIdentify(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	for i := range 20 {
		w.enroll(t, visit(fmt.Sprintf("p%02d", i), "e", face(fmt.Sprintf("name%d", i))))
	}
	one, err := w.Identify(ctx, by, "main", faces("name7"), api.IdentifyOptions{Max: 3})
	if err != nil || len(one.Candidates) == 0 || one.Candidates[0].Person != "p07" {
		t.Fatalf("%+v, %v", one, err)
	}
	two, err := w.Identify(ctx, by, "main", faces("name7", "name8~0.4"), api.IdentifyOptions{})
	if err != nil || len(two.Candidates) < 2 || two.Candidates[0].Person != "p07" || two.Candidates[1].Person != "p08" {
		t.Fatalf("%+v, %v", two, err)
	}
	if lower := one.Candidates[0].Score.Value - two.Candidates[0].Score.Value; math.Abs(lower-10*math.Log10(2)) > 1e-9 {
		t.Errorf("two probes lower the score by %g", lower)
	}
	over := two.Candidates[0].Score.Value + 1 // which one probe alone reaches
	if got, err := w.Identify(ctx, by, "main", faces("name7", "name8~0.4"), api.IdentifyOptions{Threshold: &over}); err != nil || len(got.Candidates) != 0 {
		t.Errorf("above threshold %g: %+v, %v", over, got, err)
	}
	none, err := w.Identify(ctx, by, "main", faces("eve"), api.IdentifyOptions{Threshold: ptr(95)})
	if err != nil || none.Candidates == nil || len(none.Candidates) != 0 {
		t.Errorf("of nobody on record: %+v, %v", none, err)
	}
	iris, err := w.Identify(ctx, by, "main", faces("name7"), api.IdentifyOptions{Filter: api.Filter{"biometricType": []byte(`["IRIS"]`)}})
	if err != nil || iris.Candidates == nil || len(iris.Candidates) != 0 {
		t.Errorf("by iris: %+v, %v", iris, err)
	}
}

func TestIdentifyErrors(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	empty, err := w.Identify(ctx, by, models.AllGalleries, faces("ann"), api.IdentifyOptions{})
	if err != nil || empty.Candidates == nil || len(empty.Candidates) != 0 {
		t.Errorf("ALL of an empty store: %+v, %v", empty, err)
	}
	w.enroll(t, visit("p", "e", face("ann")))
	for name, c := range map[string]struct {
		gallery models.GalleryID
		probes  []models.Sample
		o       api.IdentifyOptions
		kind    models.Kind
	}{
		"gallery":       {"other", faces("ann"), api.IdentifyOptions{}, models.NotFound},
		"gallery id":    {"", faces("ann"), api.IdentifyOptions{}, models.Invalid},
		"threshold 9.9": {"main", faces("ann"), api.IdentifyOptions{Threshold: ptr(9.9)}, models.Invalid},
		"max -1":        {"main", faces("ann"), api.IdentifyOptions{Max: -1}, models.Invalid},
		"max 1001":      {"main", faces("ann"), api.IdentifyOptions{Max: 1001}, models.Invalid},
		"no probe":      {"main", nil, api.IdentifyOptions{}, models.Invalid},
		"no face":       {"main", faces("error 11"), api.IdentifyOptions{}, models.NoFace},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Identify(ctx, by, c.gallery, c.probes, c.o)
			wantKind(t, err, c.kind)
		})
	}
	if err := w.ErasePerson(ctx, by, "p"); err != nil {
		t.Fatal(err)
	}
	_, err = w.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{})
	wantKind(t, err, models.NotFound)
}

package api_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
)

func ptr(v float64) *float64 { return &v }

func TestVerify(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "1", face("ann~0.5")))
	w.enroll(t, visit("p", "2", face("ann"), face("ann~0.9")))
	d, err := w.Verify(ctx, by, "p", "main", faces("ann faces=3"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := 100 - 10*math.Log10(3)
	if !d.Match || d.Encounter != "2" || d.Compared != 3 || math.Abs(d.Score.Value-want) > 0.1 ||
		!d.Score.Extrapolated || !slices.Equal(d.Faces, []int{3}) || d.Threshold != 40 {
		t.Errorf("decision %+v, want score %.1f", d, want)
	}
	if d, err = w.Verify(ctx, by, "p", models.AllGalleries, faces("ann", "bob"), ptr(99)); err != nil || d.Match || d.Compared != 6 {
		t.Errorf("with threshold 99: %+v, %v", d, err)
	}
	if d, err = w.Verify(ctx, by, "p", "main", faces("bob"), nil); err != nil || d.Match {
		t.Errorf("of another person: %+v, %v", d, err)
	}
}

func TestVerifyErrors(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	w.enroll(t, visit("erased", "e", face("ann")))
	if err := w.ErasePerson(ctx, by, "erased"); err != nil {
		t.Fatal(err)
	}
	texts := map[string]bool{}
	for name, c := range map[string]struct {
		person  models.PersonID
		gallery models.GalleryID
		probes  []models.Sample
		asked   *float64
		kind    models.Kind
	}{
		"unknown person":         {"nobody", "main", faces("ann"), nil, models.NotFound},
		"erased":                 {"erased", "main", faces("ann"), nil, models.NotFound},
		"not in the gallery":     {"p", "other", faces("ann"), nil, models.NotFound},
		"unknown, and no face":   {"nobody", "main", faces("error 11"), nil, models.NotFound},
		"unknown, and it waits":  {"nobody", "main", faces("wait"), nil, models.NotFound},
		"no face":                {"p", "main", faces("error 11"), nil, models.NoFace},
		"no probe":               {"p", "main", nil, nil, models.Invalid},
		"no face sample":         {"p", "main", []models.Sample{{Modality: "IRIS"}}, nil, models.Invalid},
		"empty image":            {"p", "main", faces(""), nil, models.EmptyImage},
		"33 probes":              {"p", "main", slices.Repeat(faces("ann"), api.MaxSamples+1), nil, models.Invalid},
		"threshold 29.9":         {"p", "main", faces("ann"), ptr(29.9), models.Invalid},
		"threshold 101":          {"p", "main", faces("ann"), ptr(101), models.Invalid},
		"threshold NaN":          {"p", "main", faces("ann"), ptr(math.NaN()), models.Invalid},
		"threshold Inf":          {"p", "main", faces("ann"), ptr(math.Inf(1)), models.Invalid},
		"person id":              {"a b", "main", faces("ann"), nil, models.Invalid},
		"panic in the extractor": {"p", "main", faces("panic"), nil, models.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Verify(ctx, by, c.person, c.gallery, c.probes, c.asked)
			wantKind(t, err, c.kind)
			if c.kind == models.NotFound {
				texts[err.Error()] = true
			}
		})
	}
	if len(texts) != 1 {
		t.Errorf("the ways of not being there differ: %v", texts)
	}
}

func TestVerifyWithoutUsableReference(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	e := visit("p", "e", face("ann"))
	e.Status = models.Inactive
	w.enroll(t, e)
	d, err := w.Verify(ctx, by, "p", "main", faces("ann"), nil)
	if err != nil || d.Match || d.Compared != 0 {
		t.Errorf("of an INACTIVE person: %+v, %v", d, err)
	}
	_, err = w.Verify(ctx, by, "p", "main", faces("error 11"), nil)
	wantKind(t, err, models.NoFace)
}

// later is the extractor after a change of weights.
type later struct{ matcher.Extractor }

func (later) Format() models.Format { return models.Format{Weights: "later", Dimension: 16} }

func TestVerifyAgainstOtherWeights(t *testing.T) {
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	w.parts.Extractor = later{w.parts.Extractor}
	s, err := api.New(w.parts)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	_, err = s.Verify(context.Background(), by, "p", "main", faces("ann"), nil)
	wantKind(t, err, models.Mismatch)
	kiosk := by // is told of nothing but that nobody is known
	kiosk.Galleries = []models.GalleryID{"main"}
	_, err = s.Verify(context.Background(), kiosk, "p", "main", faces("ann"), nil)
	wantKind(t, err, models.NotFound)
	_, unknown := s.Verify(context.Background(), kiosk, "nobody", "main", faces("ann"), nil)
	if fmt.Sprint(err) != fmt.Sprint(unknown) {
		t.Errorf("%q and %q", err, unknown)
	}
	if w.failures(t) != 0 {
		t.Error("it was counted as a failure")
	}
}

func TestVerifyImages(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d, err := w.VerifyImages(ctx, by, faces("ann"), faces("ann~0.3 faces=2", "bob"), nil)
	if err != nil || !d.Match || d.Compared != 2 || d.Encounter != "" || !slices.Equal(d.Faces, []int{1, 2, 1}) {
		t.Errorf("%+v, %v", d, err)
	}
	_, err = w.VerifyImages(ctx, by, faces("ann"), faces("error 11"), nil)
	wantKind(t, err, models.NoFace)
	_, err = w.VerifyImages(ctx, by, faces("ann"), nil, nil)
	wantKind(t, err, models.Invalid)
}

func TestPolicyIsChecked(t *testing.T) {
	parts := newWorld(t).parts
	for name, change := range map[string]func(*api.Policy){
		"verify below its floor":   func(p *api.Policy) { p.VerifyThreshold = 29 },
		"identify below its floor": func(p *api.Policy) { p.IdentifyThreshold = 9 },
		"NaN":                      func(p *api.Policy) { p.VerifyFloor = math.NaN() },
		"candidates":               func(p *api.Policy) { p.DefaultCandidates = 0 },
		"inter-eye":                func(p *api.Policy) { p.MinInterEye = -1 },
		"comparable":               func(p *api.Policy) { p.ComparableFace = 2 },
		"outside":                  func(p *api.Policy) { p.MaxOutside = 1.1 },
		"outside NaN":              func(p *api.Policy) { p.MaxOutside = math.NaN() },
		"sample score":             func(p *api.Policy) { p.MinSampleScore = -1 },
		"sample score 101":         func(p *api.Policy) { p.MinSampleScore = 101 },
		"image size":               func(p *api.Policy) { p.MaxImageBytes = 0 },
		"lock after -1":            func(p *api.Policy) { p.LockAfter = -1 },
		"lock stops too early":     func(p *api.Policy) { p.LockStop = 4 },
		"filter on nothing":        func(p *api.Policy) { p.FilterKeys = []string{""} },
		"filter on the type":       func(p *api.Policy) { p.FilterKeys = []string{"encounterType"} },
		"too many to filter on":    func(p *api.Policy) { p.FilterKeys = slices.Repeat([]string{"a"}, 257) },
	} {
		p := parts
		change(&p.Policy)
		if _, err := api.New(p); models.KindOf(err) != models.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := api.New(api.Parts{}); err == nil {
		t.Error("a service without parts was made")
	}
}

package api_test

import (
	"context"
	"fmt"
	"testing"

	"oblik/api"
	"oblik/models"
)

// people are the candidates' ids.
func people(found api.Identified) string {
	text := ""
	for _, c := range found.Candidates {
		text += string(c.Person) + " "
	}
	return text
}

// twice is a world with ann on record as two people, and bob in another
// gallery; ann's second encounter there has only bob's photograph.
func twice(t testing.TB, change ...func(*api.Parts)) world {
	w := newWorld(t, change...)
	w.enroll(t, visit("ann", "1", face("ann")))
	w.enroll(t, visit("twin", "1", face("ann~0.2")))
	bob := visit("bob", "1", face("bob"))
	bob.Galleries = []models.GalleryID{"other"}
	w.enroll(t, bob)
	second := visit("ann", "2", face("bob~0.1"))
	second.Status, second.Galleries = models.Inactive, []models.GalleryID{"other"}
	w.enroll(t, second)
	w.enroll(t, visit("plain", "1", models.Sample{Modality: "IRIS", Image: []byte("x")}))
	return w
}

func TestIdentifyStored(t *testing.T) {
	w := twice(t)
	high := ptr(50)
	for _, c := range []struct {
		gallery models.GalleryID
		key     models.EncounterKey
		want    string
	}{
		{"main", key("ann", "1"), "twin "},
		{"main", key("twin", "1"), "ann "},
		{"main", key("twin", ""), "ann "},
		{"ALL", key("ann", "2"), "bob "}, // INACTIVE and not in the gallery: still a probe
		{"main", key("ann", "2"), ""},
		{"ALL", key("ann", ""), "bob twin "},
		{"main", key("bob", ""), ""}, // ann's second is INACTIVE
		{"ALL", key("plain", ""), ""},
		{"ALL", key("plain", "1"), ""},
	} {
		got, err := w.IdentifyStored(context.Background(), by, c.gallery, c.key, api.IdentifyOptions{Threshold: high})
		if err != nil || got.Candidates == nil || got.Faces != nil || people(got) != c.want {
			t.Errorf("%s, %v: %q, %+v, %v", c.gallery, c.key, people(got), got, err)
		}
	}
	if calls := w.calls.Load(); calls != 4 {
		t.Errorf("%d extractions, the enrolments need 4", calls)
	}
	o := api.IdentifyOptions{Threshold: high, Filter: filtered("encounterType", `"visa"`)}
	if got, err := w.IdentifyStored(context.Background(), by, "main", key("ann", ""), o); err != nil || len(got.Candidates) != 0 {
		t.Errorf("filtered: %+v, %v", got, err)
	}
}

func TestIdentifyStoredIncludesSelf(t *testing.T) {
	w := twice(t, func(p *api.Parts) { p.Policy.IncludeSelf = true })
	got, err := w.IdentifyStored(context.Background(), by, "main", key("ann", "1"), api.IdentifyOptions{Threshold: ptr(50)})
	if err != nil || people(got) != "ann twin " {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestIdentifyStoredErrors(t *testing.T) {
	ctx := context.Background()
	w := twice(t)
	if err := w.ErasePerson(ctx, by, "bob"); err != nil {
		t.Fatal(err)
	}
	limited := by
	limited.Galleries = []models.GalleryID{"main"}
	w.enroll(t, func() models.Encounter {
		e := visit("elsewhere", "1", face("eve"))
		e.Galleries = []models.GalleryID{"other"}
		return e
	}())
	texts := map[string]bool{}
	for name, c := range map[string]struct {
		by      api.Caller
		gallery models.GalleryID
		key     models.EncounterKey
		o       api.IdentifyOptions
		kind    models.Kind
	}{
		"unknown person":      {by, "main", key("nobody", ""), api.IdentifyOptions{}, models.NotFound},
		"unknown encounter":   {by, "main", key("ann", "9"), api.IdentifyOptions{}, models.NotFound},
		"erased":              {by, "main", key("bob", ""), api.IdentifyOptions{}, models.NotFound},
		"invisible":           {limited, "main", key("elsewhere", ""), api.IdentifyOptions{}, models.NotFound},
		"invisible encounter": {limited, "main", key("ann", "2"), api.IdentifyOptions{}, models.NotFound},
		"not the client's":    {limited, "other", key("ann", "1"), api.IdentifyOptions{}, models.Forbidden},
		"ALL is not either":   {limited, "ALL", key("ann", "1"), api.IdentifyOptions{}, models.Forbidden},
		"person id":           {by, "main", key("a b", ""), api.IdentifyOptions{}, models.Invalid},
		"encounter id":        {by, "main", key("ann", "a b"), api.IdentifyOptions{}, models.Invalid},
		"threshold":           {by, "main", key("ann", ""), api.IdentifyOptions{Threshold: ptr(9)}, models.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.IdentifyStored(ctx, c.by, c.gallery, c.key, c.o)
			wantKind(t, err, c.kind)
			if c.kind == models.NotFound {
				texts[err.Error()] = true
			}
		})
	}
	if len(texts) != 1 {
		t.Errorf("the ways of not being there differ: %v", texts)
	}
	_, err := w.IdentifyStored(ctx, by, "none", key("ann", ""), api.IdentifyOptions{})
	wantKind(t, err, models.NotFound)
}

// Of a person with both kinds a limited client searches with what it may know of.
func TestIdentifyStoredByALimitedClient(t *testing.T) {
	w := twice(t)
	limited := by
	limited.Galleries = []models.GalleryID{"other"}
	got, err := w.IdentifyStored(context.Background(), limited, "other", key("ann", ""), api.IdentifyOptions{Threshold: ptr(50)})
	if err != nil || people(got) != "bob " {
		t.Errorf("%+v, %v", got, err)
	}
	// one probe: the score is lowered for the gallery's one template only
	if v := got.Candidates[0].Score.Value; v != w.scoreOf(t, "bob~0.1", key("bob", "1"), 1) {
		t.Errorf("score %g", v)
	}
}

// Very many photographs do not make very many searches.
func TestIdentifyStoredIsBounded(t *testing.T) {
	w := newWorld(t)
	for i := range api.MaxSamples + 4 {
		w.enroll(t, visit("p", fmt.Sprint(i), face("ann")))
	}
	w.enroll(t, visit("q", "1", face("ann")))
	got, err := w.IdentifyStored(context.Background(), by, "main", key("p", ""), api.IdentifyOptions{})
	if err != nil || people(got) != "q " || got.Candidates[0].Score.Value < 100-10*1.51 { // 32 probes, 1 template
		t.Errorf("%+v, %v", got, err)
	}
}

func TestIdentifyStoredOfOtherWeights(t *testing.T) {
	w := twice(t)
	w.parts.Extractor = later{w.parts.Extractor}
	s, err := api.New(w.parts)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	_, err = s.IdentifyStored(context.Background(), by, "main", key("ann", ""), api.IdentifyOptions{})
	wantKind(t, err, models.Mismatch)
}

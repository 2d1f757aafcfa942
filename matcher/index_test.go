package matcher

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"oblik/models"
)

var testFormat = models.Format{Weights: testWeights, Dimension: 16}

// testScale is linear from a cosine of 0, score 0, to 1, score 100.
func testScale(t testing.TB) *Calibration {
	t.Helper()
	c, err := NewCalibration(CalibrationTable{
		Version: 1, Meaning: "a straight line",
		Provenance: Provenance{
			Weights: testWeights, WeightsSHA256: fmt.Sprintf("%064x", 1), Detector: "none", LongSide: 320,
			DataSet: "none", Images: 10, People: 5, MatedPairs: 5, NonMatedPairs: 40, Date: "2026-01-02", Tool: "test",
		},
		Knots: []Knot{{0, 0}, {0.5, 50}},
		Tail: Tail{Threshold: 0.4, Exceedances: 30, Rate: 0.1, Shape: -0.1, Scale: 0.1, Slope: 100,
			Knots: []Knot{{1, 100}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gallery is a crowd: each person has 1 to 3 encounters around one direction.
func gallery(t testing.TB, r *rand.Rand, people int) []models.Entry {
	var entries []models.Entry
	for p := range people {
		face := unitVector(r, 16)
		for e := range 1 + r.IntN(3) {
			x := models.Entry{
				Key:       models.EncounterKey{Person: models.PersonID(fmt.Sprintf("p%d", p)), Encounter: models.EncounterID(fmt.Sprintf("e%d", e))},
				Status:    models.Active,
				Galleries: []models.GalleryID{models.GalleryID(fmt.Sprintf("g%d", r.IntN(3)))},
			}
			if r.IntN(5) == 0 {
				x.Status = models.Inactive
			}
			for range r.IntN(3) {
				x.Templates = append(x.Templates, mustEncode(t, near(r, face)))
			}
			entries = append(entries, x)
		}
	}
	return entries
}

func near(r *rand.Rand, v []float32) []float32 {
	out := slices.Clone(v)
	for i := range out {
		out[i] += float32(r.NormFloat64() * 0.1)
	}
	return out
}

// brute is the search as its definition says it.
func brute(t *testing.T, c Cosine, entries []models.Entry, probe models.Template, o models.SearchOptions) []models.Candidate {
	var searched []models.Entry
	n := 0
	for _, e := range entries {
		in := o.Gallery == models.AllGalleries || slices.Contains(e.Galleries, o.Gallery)
		if in && e.Status == models.Active && e.Key.Person != o.Exclude {
			searched = append(searched, e)
			n += len(e.Templates)
		}
	}
	best := map[models.PersonID]models.Candidate{}
	for _, e := range searched {
		for _, x := range e.Templates {
			s, err := c.Compare(probe, x)
			if err != nil {
				t.Fatal(err)
			}
			s = s.Less(n)
			if have, ok := best[e.Key.Person]; s.Value >= o.Threshold && (!ok || s.Similarity > have.Score.Similarity) {
				best[e.Key.Person] = models.Candidate{Person: e.Key.Person, Encounter: e.Key.Encounter, Galleries: e.Galleries, Score: s}
			}
		}
	}
	list := []models.Candidate{}
	for _, x := range best {
		list = append(list, x)
	}
	slices.SortFunc(list, ByRank)
	return list[:min(len(list), o.Max)]
}

func TestFlatAgainstItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	scale := testScale(t)
	compare, x := NewCosine(testFormat, scale), NewFlat(testFormat, scale)
	entries := gallery(t, r, 120)
	if err := x.Put(entries...); err != nil {
		t.Fatal(err)
	}
	for round := range 400 {
		switch r.IntN(3) { // the crowd changes between searches
		case 0:
			at := r.IntN(len(entries))
			if err := x.Remove(entries[at].Key); err != nil {
				t.Fatal(err)
			}
			entries = slices.Delete(entries, at, at+1)
		case 1:
			fresh := gallery(t, r, 1)[0]
			fresh.Key.Person = models.PersonID(fmt.Sprintf("new%d", round))
			at := r.IntN(len(entries))
			replaced := entries[at]
			replaced.Status, replaced.Templates = models.Active, []models.Template{mustEncode(t, unitVector(r, 16))}
			entries[at] = replaced
			entries = append(entries, fresh)
			if err := x.Put(fresh, replaced); err != nil {
				t.Fatal(err)
			}
		}
		o := models.SearchOptions{Gallery: models.AllGalleries, Threshold: float64(r.IntN(60)), Max: 1 + r.IntN(20)}
		if r.IntN(2) == 0 {
			o.Gallery = models.GalleryID(fmt.Sprintf("g%d", r.IntN(3)))
		}
		if r.IntN(3) == 0 {
			o.Exclude = entries[r.IntN(len(entries))].Key.Person
		}
		probe := mustEncode(t, unitVector(r, 16))
		got, err := x.Search(context.Background(), probe, o)
		if err != nil {
			t.Fatal(err)
		}
		want := brute(t, compare, entries, probe, o)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("round %d, %+v:\n got %v\nwant %v", round, o, got, want)
		}
		if x.Len() != len(entries) {
			t.Fatalf("Len %d, want %d", x.Len(), len(entries))
		}
	}
}

func TestFlatTiesByID(t *testing.T) {
	scale := testScale(t)
	x := NewFlat(testFormat, scale)
	same := mustEncode(t, append([]float32{1}, make([]float32, 15)...))
	for _, p := range []models.PersonID{"c", "a", "b"} {
		if err := x.Put(models.Entry{Key: models.EncounterKey{Person: p, Encounter: "1"}, Status: models.Active, Templates: []models.Template{same}}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := x.Search(context.Background(), same, models.SearchOptions{Gallery: models.AllGalleries, Max: 2})
	if err != nil || len(got) != 2 || got[0].Person != "a" || got[1].Person != "b" {
		t.Errorf("%v, %v", got, err)
	}
}

// What was removed does not linger in memory, and an ended request stops.
func TestFlatForgets(t *testing.T) {
	x := NewFlat(testFormat, testScale(t))
	for _, p := range []models.PersonID{"a", "b"} {
		if err := x.Put(models.Entry{Key: models.EncounterKey{Person: p, Encounter: "1"}, Status: models.Active,
			Templates: []models.Template{mustEncode(t, make16())}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Remove(models.EncounterKey{Person: "a", Encounter: "1"}); err != nil {
		t.Fatal(err)
	}
	if freed := x.vectors[16:32]; slices.Max(freed) != 0 || slices.Min(freed) != 0 {
		t.Error("an erased vector is still in memory")
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := x.Search(ended, mustEncode(t, make16()), models.SearchOptions{Gallery: models.AllGalleries, Max: 1}); models.KindOf(err) != models.Deadline {
		t.Errorf("an ended search: %v", err)
	}
}

func TestSearchRefuses(t *testing.T) {
	x := NewFlat(testFormat, testScale(t))
	ok := mustEncode(t, make16())
	other, err := Encode("other", make16())
	if err != nil {
		t.Fatal(err)
	}
	all := models.SearchOptions{Gallery: models.AllGalleries, Max: 1}
	if _, err := x.Search(context.Background(), other, all); models.KindOf(err) != models.Mismatch {
		t.Errorf("another format: %v", err)
	}
	for _, n := range []int{0, -1, models.MaxCandidates + 1} {
		if _, err := x.Search(context.Background(), ok, models.SearchOptions{Gallery: models.AllGalleries, Max: n}); models.KindOf(err) != models.Invalid {
			t.Errorf("%d candidates: %v", n, err)
		}
	}
	if _, err := NewCosine(testFormat, testScale(t)).Compare(ok, other); models.KindOf(err) != models.Mismatch {
		t.Errorf("comparing formats: %v", err)
	}
}

func make16() []float32 { return append([]float32{1}, make([]float32, 15)...) }

func BenchmarkSearch10k(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	format := models.Format{Weights: testWeights, Dimension: 128}
	x := NewFlat(format, testScale(b))
	for p := range 10_000 {
		e := models.Entry{Key: models.EncounterKey{Person: models.PersonID(fmt.Sprint(p)), Encounter: "1"},
			Status: models.Active, Templates: []models.Template{mustEncode(b, unitVector(r, 128))}}
		if err := x.Put(e); err != nil {
			b.Fatal(err)
		}
	}
	probe := mustEncode(b, unitVector(r, 128))
	for b.Loop() {
		if _, err := x.Search(context.Background(), probe, models.SearchOptions{Gallery: models.AllGalleries, Threshold: 20, Max: 10}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	c := NewCosine(models.Format{Weights: testWeights, Dimension: 128}, testScale(b))
	p, q := mustEncode(b, unitVector(r, 128)), mustEncode(b, unitVector(r, 128))
	for b.Loop() {
		if _, err := c.Compare(p, q); err != nil {
			b.Fatal(err)
		}
	}
}

// Package indextest is the suite that every index of templates passes: each
// answer is held against a comparison with everyone, in float64.
package indextest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"oblik/matcher"
	"oblik/models"
)

// Open makes an empty index for a test.
type Open func(t testing.TB, format models.Format, scale *matcher.Calibration) matcher.Index

// Format is that of the suites' templates.
func Format(dim int) models.Format { return models.Format{Weights: "suite", Dimension: dim} }

// Scale is a calibration for the suites: a straight line from a cosine of 0,
// score 0, to 1, score 100.
func Scale(testing.TB) *matcher.Calibration { return straight() }

func straight() *matcher.Calibration {
	c, err := matcher.NewCalibration(matcher.CalibrationTable{
		Version: 1, Meaning: "a straight line",
		Provenance: matcher.Provenance{
			Weights: "suite", WeightsSHA256: fmt.Sprintf("%064x", 1), Detector: "none", LongSide: 320,
			DataSet: "none", Images: 10, People: 5, MatedPairs: 5, NonMatedPairs: 40, Date: "2026-01-02", Tool: "test",
		},
		Knots: []matcher.Knot{{0, 0}, {0.5, 50}},
		Tail: matcher.Tail{Threshold: 0.4, Exceedances: 30, Rate: 0.1, Shape: -0.1, Scale: 0.1, Slope: 100,
			Knots: []matcher.Knot{{1, 100}}},
	})
	if err != nil {
		panic(err)
	}
	return c
}

// Run holds an index against the definition of a search: after any
// changes each answer is that of a comparison with everyone, in float64.
func Run(t *testing.T, open Open) {
	for _, dim := range []int{4, 7, 16, 128} {
		t.Run(fmt.Sprintf("%d dimensions", dim), func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) { anyChanges(t, r, open, dim) })
		})
	}
	t.Run("refuses", func(t *testing.T) { refuses(t, open) })
	t.Run("ended", func(t *testing.T) { ended(t, open) })
	t.Run("equals", func(t *testing.T) { equals(t, open) })
	t.Run("like brute force", func(t *testing.T) { likeBruteForce(t, open) })
}

// anyChanges makes random changes to an index and to a model of it.
func anyChanges(t *testing.T, r *rapid.T, open Open, dim int) {
	scale := Scale(t)
	x, m := open(t, Format(dim), scale), newModel(scale)
	w := newWorld(r, dim)
	for range rapid.IntRange(1, 60).Draw(r, "changes") {
		w.change(r, x, m)
		w.probe(r, func(probe models.Template, o models.SearchOptions) { m.check(r, x, probe, o) })
	}
}

// RunDisturbed holds the answers of an index that changes while it is
// searched against the definition. The index of open calls disturb wherever a
// change of another goroutine might come, the last time just before it takes
// the lock that its answer is made under.
func RunDisturbed(t *testing.T, open func(disturb func()) matcher.Index) {
	rapid.Check(t, func(r *rapid.T) {
		m, w := newModel(straight()), newWorld(r, 16)
		var x matcher.Index
		left := 0 // changes that come during the next search
		x = open(func() {
			if left > 0 && rapid.Bool().Draw(r, "now") {
				left--
				w.change(r, x, m)
			}
		})
		for range rapid.IntRange(1, 12).Draw(r, "rounds") {
			w.change(r, x, m)
			w.probe(r, func(probe models.Template, o models.SearchOptions) {
				left = rapid.IntRange(0, 4).Draw(r, "disturbances")
				got, err := search(x, probe, o)
				left = 0
				must(r, err)
				if err := Same(got, m.search(r, probe, o)); err != nil {
					r.Fatalf("%+v among %d: %v", o, len(m.entries), err)
				}
			})
		}
	})
}

func must(t rapid.TB, err error) {
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

// Same compares answers: ids, galleries and order must be equal and scores the
// same but for the last digits of float64.
func Same(got, want []models.Candidate) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d candidates, want %d:\n got %v\nwant %v", len(got), len(want), got, want)
	}
	for i, g := range got {
		w := want[i]
		if math.Abs(g.Score.Value-w.Score.Value) > 1e-9 || math.Abs(g.Score.Similarity-w.Score.Similarity) > 1e-12 ||
			g.Score.Extrapolated != w.Score.Extrapolated || g.Person != w.Person || g.Encounter != w.Encounter ||
			!slices.Equal(g.Galleries, w.Galleries) {
			return fmt.Errorf("candidate %d:\n got %v\nwant %v", i, g, w)
		}
	}
	return nil
}

func search(x matcher.Index, probe models.Template, o models.SearchOptions) ([]models.Candidate, error) {
	return x.Search(context.Background(), probe, o)
}

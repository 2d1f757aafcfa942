package quant

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestProbeCodesAreTheNearest(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, dim := range dimensions {
		v := unit(t, stored(normal(r, dim), 1))
		p := NewProbe(v)
		for i, x := range v {
			if off := math.Abs(float64(x) - p.step*float64(p.Codes[i])); p.Codes[i] == -128 || off > p.step*0.5000001 {
				t.Errorf("the code of %g is %d, %g away", x, p.Codes[i], off)
			}
		}
		if slices.Max(p.Codes) != greatestCode && slices.Min(p.Codes) != -greatestCode {
			t.Errorf("%d dimensions: no code is the greatest", dim)
		}
	}
}

// TestCutIsTheLeast: the cut's upper bound reaches s and no lesser dot's does.
func TestCutIsTheLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.SampledFrom(dimensions).Draw(t, "dimensions")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		p := NewProbe(unit(t, stored(normal(r, dim), 1)))
		class := Class(rapid.IntRange(0, Classes-1).Draw(t, "class"))
		s := rapid.Float64Range(-0.9999, 1).Draw(t, "similarity")
		cut := p.Cut(class, s)
		if _, hi := p.Bounds(class, cut); hi < s {
			t.Fatalf("the cut at %g is %d, which reaches %g only", s, cut, hi)
		}
		if _, hi := p.Bounds(class, cut-1); hi >= s {
			t.Fatalf("the cut at %g is %d, but the dot below reaches it too", s, cut)
		}
	})
}

func TestCutAtTheEnds(t *testing.T) {
	for name, p := range map[string]Probe{
		"zero": NewProbe(make([]float32, 128)), "small": NewProbe([]float32{1e-40, 0}), "one-hot": NewProbe([]float32{1, 0, 0, 0}),
	} {
		for _, s := range []float64{-1, -2, math.Inf(-1), math.NaN()} {
			if got := p.Cut(0, s); got != math.MinInt32 {
				t.Errorf("%s: the cut at %g is %d, want every row", name, s, got)
			}
		}
		if got := p.Cut(4, math.Inf(1)); got != math.MaxInt32 {
			t.Errorf("%s: the cut at infinity is %d, want no row", name, got)
		}
		if lo, hi := p.Bounds(0, 0); !(lo <= 0 && hi >= 0) {
			t.Errorf("%s: a product of 0 is within %g..%g", name, lo, hi)
		}
	}
	if got := NewProbe(make([]float32, 4)).Cut(0, 0.5); got < 1 {
		t.Errorf("zero: the cut at 0.5 is %d, want more than any row's", got)
	}
}

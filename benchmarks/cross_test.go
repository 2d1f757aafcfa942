package benchmarks

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"oblik/models"
)

// bruteForce gives all mated and non-mated similarities, the plain way.
func bruteForce(s *Set) (mated, nonMated []float64) {
	for i := range s.Refs {
		for j := range i {
			var dot float64
			for k, x := range s.Vector(i) {
				dot += float64(x) * float64(s.Vector(j)[k])
			}
			if s.Person[i] == s.Person[j] {
				mated = append(mated, dot)
			} else if s.counted(s.Person[i], s.Person[j]) {
				nonMated = append(nonMated, dot)
			}
		}
	}
	slices.Sort(mated)
	slices.Sort(nonMated)
	slices.Reverse(nonMated)
	return mated, nonMated
}

func labelErrors(t *testing.T, pairs ...[2]string) *LabelErrors {
	t.Helper()
	l, err := ParseLabelErrors(strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		l.digests[LabelErrorDigest(p[0], p[1])] = struct{}{}
	}
	return l
}

func TestCrossPairsAgainstBruteForce(t *testing.T) {
	s := cluster(t, 1, 60, 3, 24, 0.8).Without(labelErrors(t, [2]string{"P00003", "P00001"}, [2]string{"P00001", "nobody"}))
	if s.LabelErrors() != 1 {
		t.Fatalf("%d label errors", s.LabelErrors())
	}
	mated, nonMated := bruteForce(s)
	for _, workers := range []int{1, 3} {
		c, err := CrossPairs(ctx, s, workers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.MatedPairs() != int64(len(mated)) || c.NonMated != int64(len(nonMated)) || len(nonMated) != (180*179/2)-180-9 {
			t.Fatalf("%d mated, %d non-mated; want %d, %d", c.MatedPairs(), c.NonMated, len(mated), len(nonMated))
		}
		for i, m := range c.Mated {
			near(t, "mated", float64(m.Similarity), mated[i], 1e-6)
		}
		for i, n := range c.Top {
			near(t, "non-mated", float64(n.Similarity), nonMated[i], 1e-6)
		}
		for _, fmr := range []float64{1e-4, 1e-3, 1e-2, 0.1, 0.5, 1} {
			k := int(math.Floor(fmr*float64(len(nonMated)) + 1e-6))
			threshold := c.Threshold(fmr)
			near(t, "FMR", c.FMR(threshold), float64(k)/float64(len(nonMated)), 1e-9)
			want := 0
			for want < len(mated) && mated[want] < threshold {
				want++
			}
			near(t, "FNMR", c.FNMR(threshold), float64(want)/float64(len(mated)), 1e-9)
		}
	}
}

// Below the pairs that are kept the histogram answers.
func TestRatesFromTheHistogram(t *testing.T) {
	s := cluster(t, 2, 100, 2, 16, 0.5)
	c, err := CrossPairs(ctx, s, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, nonMated := bruteForce(s)
	c.Top = c.Top[:100]
	for _, fmr := range []float64{0.02, 0.1, 0.5, 0.9} {
		k := int(fmr * float64(len(nonMated)))
		near(t, "threshold", c.Threshold(fmr), nonMated[k], 5e-4) // neighbours are up to 4e-4 apart here
		near(t, "FMR", c.FMR(c.Threshold(fmr)), fmr, 1e-3)
		near(t, "reached", c.reached(float64(k)), nonMated[k-1], 5e-4)
	}
}

// A photograph that failed makes all its mated pairs misses.
func TestFailuresAreMisses(t *testing.T) {
	whole := cluster(t, 3, 40, 3, 32, 3)
	lostRef := whole.Refs[4] // of the second person
	keep := slices.Concat(whole.Refs[:4], whole.Refs[5:])
	var vectors [][]float32
	for i := range whole.Refs {
		if i != 4 {
			vectors = append(vectors, whole.Vector(i))
		}
	}
	s, err := NewSet(keep, vectors, []Failure{{lostRef, models.NoFace}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := CrossPairs(ctx, s, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.MatedPairs() != 120 || c.NonMated != 119*118/2-118 {
		t.Errorf("%d mated, %d non-mated", c.MatedPairs(), c.NonMated)
	}
	near(t, "FNMR of perfect clusters", c.FNMR(c.Threshold(1e-3)), 2.0/120, 1e-12)
}

func TestCrossPairsCanBeCancelled(t *testing.T) {
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := CrossPairs(stopped, cluster(t, 4, 10, 2, 8, 1), 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestCurve(t *testing.T) {
	c, err := CrossPairs(ctx, cluster(t, 5, 60, 3, 24, 0.8), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	points := c.Curve()
	if len(points) < 60 {
		t.Fatalf("%d points", len(points))
	}
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		if b.Similarity < a.Similarity || b.FMR > a.FMR || b.FNMR < a.FNMR {
			t.Errorf("%+v after %+v", b, a)
		}
	}
	var out strings.Builder
	if err := WriteCurve(&out, points); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if lines[0] != "similarity,fmr,fnmr" || len(lines) != len(points)+1 || strings.Count(lines[1], ",") != 2 {
		t.Errorf("%d lines, first %q", len(lines), lines[0])
	}
}

// As many pairs as LFW's folds 1-5 have: 7.26 million of 128 dimensions.
func BenchmarkCrossPairs(b *testing.B) {
	s := cluster(b, 1, 1905, 2, 128, 1)
	for b.Loop() {
		if _, err := CrossPairs(ctx, s, 0, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(s.Refs)*(len(s.Refs)-1)/2*b.N)/b.Elapsed().Seconds()/1e6, "Mpairs/s")
}

// A replicate of the resampling on as many pairs.
func BenchmarkReplicate(b *testing.B) {
	c, err := CrossPairs(ctx, cluster(b, 1, 1905, 2, 128, 1), 0, nil)
	if err != nil {
		b.Fatal(err)
	}
	s, w, r := c.scores(), make([]int32, 1905), rng(1)
	for b.Loop() {
		draw(w, r)
		s.missedAt(FMRs, w)
	}
}

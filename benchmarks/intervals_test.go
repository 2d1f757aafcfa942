package benchmarks

import (
	"math"
	"testing"

	"oblik/models"
)

// In a replicate the weight of all non-mated pairs is that of a walk through
// them, pairs left out and all.
func TestWeightsAgainstBruteForce(t *testing.T) {
	s := cluster(t, 1, 30, 3, 16, 0.6).Without(labelErrors(t, [2]string{"P00003", "P00001"}, [2]string{"P00003", "P00009"}))
	c, err := CrossPairs(ctx, s, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	scores, w := c.scores(), make([]int32, 30)
	draw(w, rng(9))
	var want float64
	for i := range s.Refs {
		for j := range i {
			if a, b := s.Person[i], s.Person[j]; a != b && s.counted(a, b) {
				want += float64(w[a]) * float64(w[b])
			}
		}
	}
	near(t, "weight", scores.total(w), want, 1e-9)
	near(t, "weight of the sample", scores.total(ones(30)), float64(c.NonMated), 1e-9)
	for _, fmr := range FMRs {
		threshold := c.Threshold(fmr)
		near(t, "threshold", scores.threshold(fmr, ones(30)), threshold, 0)
		near(t, "FNMR", scores.missed(threshold, ones(30)), c.FNMR(threshold), 1e-12)
		near(t, "FMR", scores.matched(threshold, ones(30)), c.FMR(threshold), 1e-12)
	}
	// A weighted threshold, the plain way: pairs repeated by their weight.
	var repeated []float64
	for _, n := range c.Top {
		for range int(n.weight(w)) {
			repeated = append(repeated, float64(n.Similarity))
		}
	}
	k := int(0.01*want + 1e-6)
	near(t, "weighted threshold", scores.threshold(0.01, w), repeated[k], 1e-6)
}

// Of 200 experiments with 150 people, each with 1 to 8 mated pairs that share
// the person's luck, the intervals hold the true rate about 95 times of 100.
// Pairs taken as independent (5.7 times too many) would do so some 60 times.
func TestIntervalsCover(t *testing.T) {
	const people, experiments, truth = 150, 200, 0.3
	covered := 0
	for e := range experiments {
		r := rng(uint64(e) + 100)
		var s scores
		s.people = people
		for p := range int32(people) {
			missed := r.Float64() < truth
			for range 1 + r.IntN(8) {
				similarity := float32(1)
				if missed {
					similarity = 0
				}
				s.mated = append(s.mated, MatedScore{similarity, p})
			}
		}
		found, err := Resampling{Replicates: 200, Seed: uint64(e), Workers: 1}.intervals(ctx, people,
			func(w []int32) []float64 { return []float64{s.missed(0.5, w)} })
		if err != nil {
			t.Fatal(err)
		}
		if found[0].Low <= truth && truth <= found[0].High {
			covered++
		}
	}
	if covered < 178 || covered > 199 { // 3 standard errors of 190, and a little for so few replicates
		t.Errorf("%d of %d intervals hold the truth", covered, experiments)
	}
}

// FNMR at an FMR, of vectors whose true rates are known from a far larger
// set: the threshold is found anew in each replicate.
func TestIntervalOfFNMRAtFMR(t *testing.T) {
	large, err := CrossPairs(ctx, cluster(t, 77, 2500, 2, 24, 1.3), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	truth := large.FNMR(large.Threshold(1e-2))
	covered := 0
	const experiments = 40
	for e := range experiments {
		c, err := CrossPairs(ctx, cluster(t, uint64(e), 150, 2, 24, 1.3), 2, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := c.scores()
		found, err := Resampling{Replicates: 200, Seed: 1, Workers: 2}.intervals(ctx, s.people,
			func(w []int32) []float64 { return s.missedAt([]float64{1e-2}, w) })
		if err != nil {
			t.Fatal(err)
		}
		if found[0].Low <= truth && truth <= found[0].High {
			covered++
		}
	}
	if covered < 33 {
		t.Errorf("%d of %d intervals hold %g", covered, experiments, truth)
	}
}

func TestIntervalsDoNotDependOnWorkers(t *testing.T) {
	c, err := CrossPairs(ctx, cluster(t, 3, 50, 3, 16, 0.8), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := c.scores()
	measure := func(w []int32) []float64 { return s.missedAt([]float64{1e-3, 1e-2}, w) }
	var first []Interval
	for _, workers := range []int{1, 4} {
		found, err := Resampling{Replicates: 100, Seed: 5, Workers: workers}.intervals(ctx, s.people, measure)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = found
		}
		if found[0] != first[0] || found[1] != first[1] || !(found[0].Low < found[0].High) {
			t.Errorf("%v with %d workers, %v with one", found, workers, first)
		}
	}
}

// Of the values 0..1000, 25 are below the interval and 25 above it.
func TestPercentiles(t *testing.T) {
	rows := make([][]float64, 1001)
	for i, v := range rng(1).Perm(len(rows)) {
		rows[i] = []float64{float64(v), -2 * float64(v)}
	}
	found, err := percentiles(rows)
	if err != nil || found[0] != (Interval{25, 975}) || found[1] != (Interval{-1950, -50}) {
		t.Errorf("%v, %v", found, err)
	}
}

func TestIntervalsRefuse(t *testing.T) {
	nan := func([]int32) []float64 { return []float64{math.NaN()} }
	if _, err := (Resampling{Replicates: 100}).intervals(ctx, 5, nan); models.KindOf(err) != models.Invalid {
		t.Errorf("NaN: %v", err)
	}
	if _, err := (Resampling{Replicates: 5}).intervals(ctx, 5, nan); models.KindOf(err) != models.Invalid {
		t.Errorf("five replicates: %v", err)
	}
}

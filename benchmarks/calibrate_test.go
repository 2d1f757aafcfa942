package benchmarks

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"

	"oblik/matcher"
	"oblik/models"
)

func sample(p Pareto, seed uint64, n int) []float64 {
	r := rng(seed)
	x := make([]float64, n)
	for i := range x {
		x[i] = p.Quantile(1 - r.Float64())
	}
	return x
}

func TestFitParetoRecovers(t *testing.T) {
	const n = 4000
	for _, p := range []Pareto{{-0.3, 0.05}, {-0.1, 0.02}, {0, 1}, {0.2, 0.02}, {0.5, 3}} {
		x := sample(p, 1, n)
		q, err := FitPareto(x, nil)
		if err != nil {
			t.Fatal(err)
		}
		// The asymptotic standard errors of maximum likelihood, times 3.
		near(t, "shape", q.Shape, p.Shape, 3*(1+p.Shape)/math.Sqrt(n))
		near(t, "scale", q.Scale, p.Scale, 3*p.Scale*math.Sqrt(2*(1+p.Shape)/n))
	}
}

// A weight of two is the same as an excess twice.
func TestFitParetoWeights(t *testing.T) {
	x := sample(Pareto{0.1, 0.02}, 2, 300)
	w := make([]float64, len(x))
	var twice []float64
	for i, v := range x {
		w[i] = float64(i % 3)
		for range i % 3 {
			twice = append(twice, v)
		}
	}
	a, err := FitPareto(x, w)
	if err != nil {
		t.Fatal(err)
	}
	b, err := FitPareto(twice, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "shape", a.Shape, b.Shape, 1e-3)
	near(t, "scale", a.Scale, b.Scale, 1e-4)
}

func TestParetoRefuses(t *testing.T) {
	for _, x := range [][]float64{nil, make([]float64, 100), append(make([]float64, 60), -1), append(make([]float64, 60), math.NaN()), append(make([]float64, 60), math.Inf(1))} {
		if p, err := FitPareto(x, nil); models.KindOf(err) != models.Invalid {
			t.Errorf("%d excesses: %+v, %v", len(x), p, err)
		}
	}
}

func TestParetoDistribution(t *testing.T) {
	for _, p := range []Pareto{{-0.4, 2}, {0, 2}, {1e-12, 2}, {0.4, 2}} {
		for _, q := range []float64{1, 0.5, 0.01, 1e-6} {
			near(t, "survival of a quantile", math.Exp(p.LogSurvival(p.Quantile(q))), q, 1e-9)
		}
	}
	near(t, "beyond the end", math.Exp(Pareto{-0.5, 1}.LogSurvival(3)), 0, 0)
	near(t, "distance of the median alone", Pareto{0, 1}.Distance([]float64{math.Ln2}), 0.5, 1e-12)
}

func TestGoodnessOfFit(t *testing.T) {
	right := sample(Pareto{0.1, 1}, 3, 400)
	wrong := make([]float64, 400) // two heaps
	r := rng(4)
	for i := range wrong {
		wrong[i] = 1 + 0.05*r.Float64() + 3*float64(i%2)
	}
	for _, k := range []struct {
		x        []float64
		low, top float64
	}{{right, 0.05, 1}, {wrong, 0, 0.02}} {
		p, err := FitPareto(k.x, nil)
		if err != nil {
			t.Fatal(err)
		}
		fit, err := p.GoodnessOfFit(p.Distance(k.x), len(k.x), 100, 1)
		if err != nil {
			t.Fatal(err)
		}
		if fit < k.low || fit > k.top {
			t.Errorf("p = %g, want %g..%g", fit, k.low, k.top)
		}
	}
}

// trueScore is -10*log10 P(cosine >= t) of two random directions.
func trueScore(similarity float64, dim int) float64 {
	tail := 0.5 * mathext.RegIncBeta(float64(dim-1)/2, 0.5, 1-similarity*similarity)
	if similarity < 0 {
		tail = 1 - tail
	}
	return -10 * math.Log10(tail)
}

func provenance() matcher.Provenance {
	return matcher.Provenance{Weights: "test", WeightsSHA256: options("", "").WeightsSHA256, Detector: "none",
		LongSide: 320, DataSet: "made up", Date: "2025-01-31", Tool: "test"}
}

func fitted(t *testing.T, seed uint64) (matcher.CalibrationTable, *Cross) {
	t.Helper()
	c, err := CrossPairs(ctx, cluster(t, seed, 700, 2, 64, 0.3), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	table, err := FitCalibration(ctx, c, provenance(), Resampling{Replicates: 100, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return table, c
}

// The scores of random directions are known exactly: the counted part must
// meet them, the tail must not exceed them nor rise faster than the slope.
func TestCalibrationOfKnownScores(t *testing.T) {
	table, c := fitted(t, 11)
	cal, err := matcher.NewCalibration(table)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct{ similarity, tolerance float64 }{
		{-0.2, 0.01}, {-0.1, 0.01}, {0, 0.02}, {0.1, 0.05}, {0.2, 0.1}, {0.3, 0.25}, {0.4, 0.5}, {0.45, 1},
	} {
		near(t, "score", cal.Score(k.similarity).Value, trueScore(k.similarity, 64), k.tolerance)
	}
	// The true score rises ever faster; the tail may not, and so errs low.
	for similarity := 0.5; similarity < 0.8; similarity += 0.05 {
		s, truth := cal.Score(similarity), trueScore(similarity, 64)
		if !s.Extrapolated || s.Value > truth+0.5 || s.Value < cal.EmpiricalLimit() {
			t.Errorf("score %+v, the true one is %g", s, truth)
		}
	}
	near(t, "limit", cal.EmpiricalLimit(), 10*math.Log10(float64(c.NonMated)/30), 1e-3)
	near(t, "pairs at the limit", c.FMR(cal.Similarity(cal.EmpiricalLimit())-1e-6)*float64(c.NonMated), 30, 0.5)
	knots := append([]matcher.Knot{table.Knots[len(table.Knots)-1]}, table.Tail.Knots...)
	for i := 1; i < len(knots); i++ {
		if slope := (knots[i][1] - knots[i-1][1]) / (knots[i][0] - knots[i-1][0]); slope > 1.001*table.Tail.Slope {
			t.Errorf("slope %g at %g, at most %g", slope, knots[i][0], table.Tail.Slope)
		}
	}
	end := knots[len(knots)-1]
	if end.Score() != 100 && end.Similarity() != 1 {
		t.Errorf("the tail ends at %v", end)
	}
	if table.Tail.ShapeLow > table.Tail.Shape || table.Tail.ShapeHigh < table.Tail.Shape || table.Tail.Fit < 0.01 {
		t.Errorf("tail %+v", table.Tail)
	}
	p := table.Provenance
	if p.Images != 1400 || p.People != 700 || p.MatedPairs != 700 || p.NonMatedPairs != 1400*1399/2-700 {
		t.Errorf("%+v", p)
	}
}

// A tail with a positive shape flattens below the slope; one with a negative
// shape rises at the slope, also where the distribution would have ended.
func TestTailKnots(t *testing.T) {
	last := matcher.Knot{0.5, 50}
	for _, k := range []struct {
		shape, slope float64
		steeper      bool // the fit is, at the end of the counted part
	}{{0.3, 400, false}, {-0.3, 100, true}, {0, 1e6, false}} {
		tail := matcher.Tail{Threshold: 0.45, Shape: k.shape, Scale: 0.03, Slope: k.slope}
		knots := tailKnots(tail, last)
		end := knots[len(knots)-1]
		if end[1] != 100 && end[0] != 1 {
			t.Errorf("shape %g: ends at %v", k.shape, end)
		}
		first := (knots[0][1] - last[1]) / (knots[0][0] - last[0])
		p := Pareto{k.shape, 0.03}
		fit := -10 / math.Ln10 * (p.LogSurvival(0.055) - p.LogSurvival(0.05)) / tailStep
		want := math.Min(fit, k.slope)
		near(t, "first slope", first, want, 0.02*want)
		if (fit > k.slope) != k.steeper {
			t.Errorf("shape %g: the fit has slope %g", k.shape, fit)
		}
	}
}

func TestEncodeCalibration(t *testing.T) {
	table, _ := fitted(t, 12)
	data, err := EncodeCalibration(table)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := matcher.ParseCalibration(data)
	if err != nil {
		t.Fatal(err)
	}
	if got := cal.Table(); got.Provenance != table.Provenance || len(got.Knots) != len(table.Knots) || got.Knots[9] != table.Knots[9] || got.Tail.Shape != table.Tail.Shape {
		t.Error("the table read is not the table written")
	}
	if !bytes.Contains(data, []byte(fmt.Sprintf("[%v, %v],\n", table.Knots[9][0], table.Knots[9][1]))) {
		t.Error("knots are not one a line")
	}
}

func TestTooFewPairs(t *testing.T) {
	c, err := CrossPairs(ctx, cluster(t, 1, 50, 2, 16, 1), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := FitCalibration(ctx, c, provenance(), Resampling{Replicates: 100}); models.KindOf(err) != models.Invalid {
		t.Errorf("%v", err)
	}
}

// A table holds on other people drawn alike, and is shown not to on people who
// are more alike.
func TestHoldOut(t *testing.T) {
	table, _ := fitted(t, 13)
	others, err := CrossPairs(ctx, cluster(t, 14, 500, 2, 64, 0.3), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := MeasureHoldOut(ctx, table, others, holdOutScores, Resampling{Replicates: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range h.Scores {
		near(t, "matches", float64(s.Matches), s.Achieved*float64(h.Pairs), 1e-6)
		if s.Score == 50 { // 5 pairs are promised, which chance makes 0 to 12
			if s.Matches > 12 || s.High < s.Achieved {
				t.Errorf("%+v", s)
			}
			continue
		}
		near(t, "FMR achieved", s.Achieved/s.Promised, 1, 0.6)
		if s.Low > s.Achieved || s.High < s.Achieved || s.High > 4*s.Promised {
			t.Errorf("%+v", s)
		}
	}
	alike, err := CrossPairs(ctx, cluster(t, 14, 500, 2, 48, 0.3), 2, nil) // fewer dimensions
	if err != nil {
		t.Fatal(err)
	}
	h, err = MeasureHoldOut(ctx, table, alike, []float64{30, 101}, Resampling{Replicates: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if h.Scores[0].Low < 1e-3 {
		t.Errorf("%+v", h.Scores[0])
	}
	if beyond := h.Scores[1]; beyond.Similarity != 2 || beyond.Matches != 0 { // JSON knows no infinity
		t.Errorf("a score beyond the table: %+v", beyond)
	}
}

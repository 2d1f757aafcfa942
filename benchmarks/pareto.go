package benchmarks

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Pareto is a generalised Pareto distribution of excesses over a threshold:
// P(X >= x) = (1 + Shape*x/Scale)^(-1/Shape), exp(-x/Scale) for Shape 0.
// The excesses of nearly any distribution over a high threshold follow one
// (Pickands 1975); a negative shape has an end, at -Scale/Shape.
type Pareto struct{ Shape, Scale float64 }

// LogSurvival is ln P(X >= x): 0 for x <= 0, -Inf beyond the end.
func (p Pareto) LogSurvival(x float64) float64 {
	if x <= 0 {
		return 0
	}
	if math.Abs(p.Shape) < 1e-9 {
		return -x / p.Scale
	}
	y := p.Shape * x / p.Scale
	if y <= -1 {
		return math.Inf(-1)
	}
	return -math.Log1p(y) / p.Shape
}

// Quantile is the x with P(X >= x) = q, 0 < q <= 1.
func (p Pareto) Quantile(q float64) float64 {
	if math.Abs(p.Shape) < 1e-9 {
		return -p.Scale * math.Log(q)
	}
	return p.Scale * math.Expm1(-p.Shape*math.Log(q)) / p.Shape
}

// Distance is the Kolmogorov-Smirnov distance: the largest difference between
// the distribution and the share of excesses up to a point.
func (p Pareto) Distance(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	n, d := float64(len(sorted)), 0.0
	for i, v := range sorted {
		f := -math.Expm1(p.LogSurvival(v))
		d = max(d, math.Abs(f-float64(i)/n), math.Abs(float64(i+1)/n-f))
	}
	return d
}

// GoodnessOfFit is the share of samples drawn from the distribution, of n
// independent excesses each and fitted anew, that lie as far from their own
// fit as distance: small values speak against the distribution.
func (p Pareto) GoodnessOfFit(distance float64, n, samples int, seed uint64) (float64, error) {
	rng := rand.New(rand.NewPCG(seed, 0x9a5e70)) //nolint:gosec // repeatable, no secret
	x := make([]float64, n)
	farther := 0
	for range samples {
		for i := range x {
			x[i] = p.Quantile(1 - rng.Float64())
		}
		q, err := FitPareto(x, nil)
		if err != nil {
			return 0, err
		}
		if q.Distance(x) >= distance {
			farther++
		}
	}
	return float64(farther+1) / float64(samples+1), nil
}

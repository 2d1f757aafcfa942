package benchmarks

import (
	"math"
	"math/rand/v2"
	"slices"

	"oblik/models"
)

// Pareto is a generalised Pareto distribution of excesses over a threshold:
// P(X >= x) = (1 + Shape*x/Scale)^(-1/Shape), exp(-x/Scale) for Shape 0.
// The excesses of nearly any distribution over a high threshold follow one
// (Pickands 1975); a negative shape has an end, at -Scale/Shape.
type Pareto struct{ Shape, Scale float64 }

// minExcesses is the fewest a fit is tried with.
const minExcesses = 50

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

// The range the shape is sought in: below it the likelihood has no regular
// maximum, above it the distribution has no mean.
const (
	leastShape = -0.5
	mostShape  = 1.0
)

// FitPareto fits by maximum likelihood, with the shape within -0.5..1. x are
// excesses, w how often each counts (nil for once). With t = Shape/Scale the
// best shape is the mean of ln(1+t*x), which leaves one number to seek
// (Grimshaw 1993): first on a grid, then by golden section.
func FitPareto(x, w []float64) (Pareto, error) {
	if len(x) < minExcesses {
		return Pareto{}, models.Errorf("pareto", models.Invalid, "%d excesses, at least %d are needed", len(x), minExcesses)
	}
	highest, lowest := slices.Max(x), slices.Min(x)
	if !(lowest >= 0 && highest > lowest && highest < math.Inf(1)) {
		return Pareto{}, models.Errorf("pareto", models.Invalid, "the excesses are all alike, negative or no numbers")
	}
	shape := func(t float64) float64 { return meanLog1p(t, x, w) }
	lo := bisect(shape, leastShape, -(1-1e-12)/highest, 0)
	up := 1 / highest
	for shape(up) < mostShape {
		up *= 2
	}
	hi := bisect(shape, mostShape, 0, up)
	scale := func(t float64) float64 {
		if math.Abs(t*highest) < 1e-7 {
			t = 1e-7 / highest // the limit, where the distribution is exponential
		}
		return shape(t) / t
	}
	cost := func(t float64) float64 { return math.Log(scale(t)) + shape(t) }
	t := golden(cost, lo, hi)
	return Pareto{Shape: shape(t), Scale: scale(t)}, nil
}

func meanLog1p(t float64, x, w []float64) float64 {
	if w == nil {
		var sum float64
		for _, v := range x {
			sum += math.Log1p(t * v)
		}
		return sum / float64(len(x))
	}
	var sum, weight float64
	for i, v := range x {
		if w[i] != 0 {
			sum += w[i] * math.Log1p(t*v)
			weight += w[i]
		}
	}
	return sum / weight
}

// bisect finds where the rising function f is y, within lo..hi.
func bisect(f func(float64) float64, y, lo, hi float64) float64 {
	for range 30 {
		if mid := (lo + hi) / 2; f(mid) < y {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// golden finds the place of f's least value within lo..hi, to 1e-7 of the
// range.
func golden(f func(float64) float64, lo, hi float64) float64 {
	const steps = 16
	width := (hi - lo) / steps
	best, least := lo, math.Inf(1)
	for i := range steps + 1 {
		if t := lo + float64(i)*width; f(t) < least {
			best, least = t, f(t)
		}
	}
	lo, hi = max(lo, best-width), min(hi, best+width)
	r := (math.Sqrt(5) - 1) / 2
	a, b := hi-r*(hi-lo), lo+r*(hi-lo)
	fa, fb := f(a), f(b)
	for hi-lo > 1e-6*width {
		if fa < fb {
			hi, b, fb = b, a, fa
			a = hi - r*(hi-lo)
			fa = f(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + r*(hi-lo)
			fb = f(b)
		}
	}
	return (lo + hi) / 2
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

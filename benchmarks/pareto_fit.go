package benchmarks

import (
	"math"
	"slices"

	"oblik/models"
)

// minExcesses is the fewest a fit is tried with.
const minExcesses = 50

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

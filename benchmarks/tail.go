package benchmarks

import (
	"context"
	"math"

	"oblik/matcher"
	"oblik/models"
)

// empiricalSlope is the rise of score per similarity over the last decade of
// FMR that could be counted: the line from 300 non-mated pairs to 30. A decade
// is long enough that its ends' chance moves it little, and since the score of
// a bell-shaped distribution rises ever faster, it errs to the low side.
func empiricalSlope(knots []matcher.Knot) float64 {
	end := knots[len(knots)-1]
	start := knots[0]
	for _, k := range knots {
		if k[1] <= end[1]-slopeDecade {
			start = k
		}
	}
	return (end[1] - start[1]) / (end[0] - start[0])
}

// fitTail fits the excesses of the highest non-mated pairs.
func (c *Cross) fitTail(ctx context.Context, r Resampling) (matcher.Tail, error) {
	n := min(tailPairs, int(tailShare*float64(c.NonMated)))
	u := float64(c.Top[n].Similarity)
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(c.Top[i].Similarity) - u
	}
	p, err := FitPareto(x, nil)
	if err != nil {
		return matcher.Tail{}, err
	}
	distance := p.Distance(x)
	fit, err := p.GoodnessOfFit(distance, n, fitSamples, r.Seed)
	if err != nil {
		return matcher.Tail{}, err
	}
	shape, err := r.intervals(ctx, len(c.set.People), func(w []int32) []float64 {
		weights := make([]float64, n)
		for i := range weights {
			weights[i] = c.Top[i].weight(w)
		}
		q, err := FitPareto(x, weights)
		if err != nil {
			return []float64{math.NaN()}
		}
		return []float64{q.Shape}
	})
	if err != nil {
		return matcher.Tail{}, err
	}
	return matcher.Tail{Threshold: round(u, 6), Exceedances: n, Rate: float64(n) / float64(c.NonMated),
		Shape: round(p.Shape, 4), ShapeLow: round(shape[0].Low, 4), ShapeHigh: round(shape[0].High, 4),
		Scale: round(p.Scale, 6), Distance: round(distance, 4), Fit: round(fit, 4)}, nil
}

// tailKnots goes on from the last counted knot as the fitted distribution
// does, at no step faster than the empirical slope, to score 100 or
// similarity 1.
func tailKnots(t matcher.Tail, last matcher.Knot) []matcher.Knot {
	p := Pareto{Shape: t.Shape, Scale: t.Scale}
	fitted := func(s float64) float64 { return -10 / math.Ln10 * p.LogSurvival(s-t.Threshold) }
	var knots []matcher.Knot
	for s, score := last[0], last[1]; ; {
		next := min(s+tailStep, 1)
		rise := t.Slope * (next - s)
		if f := fitted(next) - fitted(s); f < rise { // false beyond the end of the distribution: Inf, NaN
			rise = f
		}
		if score+rise >= models.MaxScore {
			part := (models.MaxScore - score) / rise
			return append(knots, matcher.Knot{round(s+part*(next-s), 6), models.MaxScore})
		}
		s, score = next, score+rise
		knots = append(knots, matcher.Knot{round(s, 6), round(score, 4)})
		if s == 1 {
			return knots
		}
	}
}

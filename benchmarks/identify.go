package benchmarks

import (
	"context"
	"math"

	"oblik/matcher"
)

// FPIRs are the rates of false positive identification that FNIR is given at.
var FPIRs = []float64{1e-3, 1e-2, 1e-1}

// The draws of a gallery: where everyone is enrolled only the choice of the
// reference is left to chance.
const (
	someDraws = 20
	fullDraws = 5
)

// identifyScores are the service's floor, its default and a stricter threshold
// of an identification.
var identifyScores = []float64{10, 20, 30}

// GalleryResult is how well a gallery of one size is searched.
type GalleryResult struct {
	People           int             `json:"people"` // enrolled, with one photograph each
	Draws            int             `json:"draws"`
	MatedSearches    int             `json:"matedSearches"` // of all draws
	NonMatedSearches int             `json:"nonMatedSearches"`
	NonMatedPeople   int             `json:"nonMatedPeople"`
	LeaveOneOut      bool            `json:"leaveOneOut"` // non-mated searches are those of enrolled people, their own reference left out
	Rank1            float64         `json:"rank1"`       // share of mated searches whose mate came first, whatever the threshold
	FNIR             map[string]Rate `json:"fnir"`        // by FPIR
	Service          []ServicePoint  `json:"service"`
}

// ServicePoint is what a threshold on the service's score of a search gives:
// the score of the 1:1 comparison less 10*log10(people enrolled).
type ServicePoint struct {
	Score      float64 `json:"score"`
	Promised   float64 `json:"promised"`   // FPIR, 10^(-score/10)
	Similarity float64 `json:"similarity"` // 2 if none reaches the score
	FPIR       Rate    `json:"fpir"`
	FNIR       Rate    `json:"fnir"`
}

// MeasureIdentification searches galleries of 100, 1,000 and all people of the
// set (those sizes that it has), as an open set: ISO/IEC 19795-1, 8.4. People
// without a template can't be enrolled and are in no gallery.
// FNIR counts a mated search as missed if the mate's own similarity is below
// the threshold, at whatever rank.
func MeasureIdentification(ctx context.Context, s *Set, cal *matcher.Calibration, r Resampling) ([]GalleryResult, error) {
	all := s.enrollable()
	sizes, units := []int{}, fullDraws
	for _, n := range []int{100, 1000} {
		if n < all {
			sizes, units = append(sizes, n), units+someDraws
		}
	}
	m := newMeter("search", units*len(s.Refs), r.Report)
	var out []GalleryResult
	for _, n := range append(sizes, all) {
		draws := someDraws
		if n == all {
			draws = fullDraws
		}
		found, err := searchGalleries(ctx, s, n, draws, r, m)
		if err != nil {
			return nil, err
		}
		g, err := found.result(ctx, n, cal, r)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

// result gives the rates and their intervals, by resampling the people
// searched for.
func (o *searches) result(ctx context.Context, n int, cal *matcher.Calibration, r Resampling) (GalleryResult, error) {
	g := GalleryResult{People: n, Draws: o.draws, MatedSearches: len(o.mated), NonMatedSearches: len(o.nonMated),
		LeaveOneOut: o.everyone, Rank1: float64(o.rank1) / float64(len(o.mated)), FNIR: map[string]Rate{}}
	for _, k := range o.nonMatedOf {
		if k > 0 {
			g.NonMatedPeople++
		}
	}
	var thresholds []float64
	for _, score := range identifyScores {
		thresholds = append(thresholds, math.Min(2, cal.Similarity(score+10*math.Log10(float64(n)))))
	}
	measure := func(w []int32) []float64 {
		values := o.missedAt(FPIRs, w)
		for _, t := range thresholds {
			values = append(values, o.matched(t, w), o.missed(t, w))
		}
		return values
	}
	w := ones(o.people)
	point := measure(w)
	intervals, err := r.intervals(ctx, o.people, measure)
	if err != nil {
		return g, err
	}
	for i, fpir := range FPIRs {
		g.FNIR[rateKey(fpir)] = Rate{Value: point[i], Interval: intervals[i], Similarity: o.threshold(fpir, w)}
	}
	for i, score := range identifyScores {
		k := len(FPIRs) + 2*i
		g.Service = append(g.Service, ServicePoint{Score: score, Promised: math.Pow(10, -score/10), Similarity: thresholds[i],
			FPIR: Rate{Value: point[k], Interval: intervals[k], Similarity: thresholds[i]},
			FNIR: Rate{Value: point[k+1], Interval: intervals[k+1], Similarity: thresholds[i]}})
	}
	return g, nil
}

package benchmarks

import (
	"context"
	"strconv"
)

// FMRs are the rates that FNMR is given at.
var FMRs = []float64{1e-5, 1e-4, 1e-3, 1e-2}

// Rate is a share with its 95 % interval.
type Rate struct {
	Value float64 `json:"value"`
	Interval
	Similarity float64 `json:"similarity"` // the threshold it belongs to
}

// Figures are the accuracy and the error rates of a set.
type Figures struct {
	Accuracy      float64         `json:"accuracy"`
	List          Accuracy        `json:"list"`
	MatedPairs    int64           `json:"matedPairs"`
	NonMatedPairs int64           `json:"nonMatedPairs"`
	LabelErrors   int             `json:"labelErrors"` // pairs of names not counted
	FNMR          map[string]Rate `json:"fnmr"`        // by FMR
}

// LFWReport is what LFW measures: everything counted, and without the
// known label errors.
type LFWReport struct {
	Setup
	Figures
	WithoutLabelErrors Figures      `json:"withoutLabelErrors"`
	Curve              []CurvePoint `json:"-"` // everything counted; see [WriteCurve]
}

// LFW measures accuracy over the folds of the list and FNMR over all cross
// pairs of the photographs.
func LFW(ctx context.Context, o Options) (LFWReport, error) {
	pairs, err := ReadPairs(o.Pairs)
	if err != nil {
		return LFWReport{}, err
	}
	labels, err := KnownLabelErrors()
	if err != nil {
		return LFWReport{}, err
	}
	set, setup, err := o.extract(ctx)
	if err != nil {
		return LFWReport{}, err
	}
	r := LFWReport{Setup: setup}
	cross, err := o.figures(ctx, set, pairs, &r.Figures)
	if err != nil {
		return r, err
	}
	r.Curve = cross.Curve()
	_, err = o.figures(ctx, set.Without(labels), pairs, &r.WithoutLabelErrors)
	return r, err
}

// figures fills f and returns the cross pairs it comes from.
func (o Options) figures(ctx context.Context, s *Set, p *Pairs, f *Figures) (*Cross, error) {
	list, err := ListAccuracy(s, p)
	if err != nil {
		return nil, err
	}
	c, err := CrossPairs(ctx, s, o.Workers, o.Progress)
	if err != nil {
		return nil, err
	}
	*f = Figures{Accuracy: list.Mean, List: list, MatedPairs: c.MatedPairs(), NonMatedPairs: c.NonMated,
		LabelErrors: s.LabelErrors(), FNMR: map[string]Rate{}}
	scores := c.scores()
	intervals, err := o.resampling().intervals(ctx, scores.people, func(w []int32) []float64 {
		return scores.missedAt(FMRs, w)
	})
	if err != nil {
		return nil, err
	}
	for i, fmr := range FMRs {
		t := c.Threshold(fmr)
		f.FNMR[rateKey(fmr)] = Rate{Value: c.FNMR(t), Interval: intervals[i], Similarity: t}
	}
	return c, nil
}

// rateKey is how a rate is written as a key: 0.01, 0.001, 0.0001, 1e-05.
func rateKey(rate float64) string { return strconv.FormatFloat(rate, 'g', -1, 64) }

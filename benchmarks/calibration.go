package benchmarks

import (
	"context"
	"fmt"
	"time"

	"oblik/matcher"
	"oblik/models"
)

// CalibrationReport is the table and what one made on some folds achieves on
// the others.
type CalibrationReport struct {
	Setup
	HoldOuts []HoldOut                `json:"holdOuts"`
	Table    matcher.CalibrationTable `json:"table"` // of all folds; see [EncodeCalibration]
	// Counted compares the table with one that counts the label errors too.
	Counted []CountedScore `json:"counted"`
}

// CountedScore is where a score lies without the label errors and with them.
type CountedScore struct {
	Score              float64 `json:"score"`
	WithoutLabelErrors float64 `json:"withoutLabelErrors"` // similarity
	EverythingCounted  float64 `json:"everythingCounted"`  // similarity
}

// Calibrate makes the table of all folds' people, without the known label
// errors, and before that one of the first three fifths of the folds, which it
// measures on the rest at scores 30, 40 and 50, with the label errors and
// without: the FMR that is promised there, the one achieved, and its pairs.
func Calibrate(ctx context.Context, o Options) (CalibrationReport, error) {
	pairs, err := ReadPairs(o.Pairs)
	if err != nil {
		return CalibrationReport{}, err
	}
	folds, err := pairs.People()
	if err != nil {
		return CalibrationReport{}, err
	}
	if len(pairs.Folds) < 2 {
		return CalibrationReport{}, models.Errorf("calibrate", models.Invalid, "two folds or more are needed")
	}
	labels, err := KnownLabelErrors()
	if err != nil {
		return CalibrationReport{}, err
	}
	set, setup, err := o.extract(ctx)
	if err != nil {
		return CalibrationReport{}, err
	}
	r := CalibrationReport{Setup: setup}
	split := min(max(1, (3*len(pairs.Folds)+4)/5), len(pairs.Folds)-1)
	for _, l := range []*LabelErrors{labels, nil} {
		h, err := o.holdOut(ctx, set, folds, split, len(pairs.Folds), l, setup.Weights)
		if err != nil {
			return r, err
		}
		r.HoldOuts = append(r.HoldOuts, h)
	}
	everyone := inFolds(folds, 0, len(pairs.Folds))
	if r.Table, err = o.table(ctx, set, everyone, labels, setup.Weights); err != nil {
		return r, err
	}
	all, err := o.table(ctx, set, everyone, nil, setup.Weights)
	if err != nil {
		return r, err
	}
	r.Counted, err = compareTables(r.Table, all)
	return r, err
}

// compareTables tells where the scores lie that both tables reach.
func compareTables(without, all matcher.CalibrationTable) ([]CountedScore, error) {
	a, err := matcher.NewCalibration(without)
	if err != nil {
		return nil, err
	}
	b, err := matcher.NewCalibration(all)
	if err != nil {
		return nil, err
	}
	var out []CountedScore
	for score := 20.0; score <= min(a.EmpiricalLimit(), b.EmpiricalLimit()); score += 10 {
		out = append(out, CountedScore{score, a.Similarity(score), b.Similarity(score)})
	}
	return out, nil
}

// holdOut fits on the folds before split and measures on the others.
func (o Options) holdOut(ctx context.Context, s *Set, folds map[string]int, split, n int, l *LabelErrors, weights string) (HoldOut, error) {
	t, err := o.table(ctx, s, inFolds(folds, 0, split), l, weights)
	if err != nil {
		return HoldOut{}, err
	}
	rest, err := s.Of(inFolds(folds, split, n), l)
	if err != nil {
		return HoldOut{}, err
	}
	c, err := CrossPairs(ctx, rest, o.Workers, o.Progress)
	if err != nil {
		return HoldOut{}, err
	}
	h, err := MeasureHoldOut(ctx, t, c, holdOutScores, o.resampling())
	h.FittedOn, h.MeasuredOn = fmt.Sprintf("folds 1-%d", split), fmt.Sprintf("folds %d-%d", split+1, n)
	return h, err
}

// table fits the table of some of the people.
func (o Options) table(ctx context.Context, s *Set, keep func(string) bool, l *LabelErrors, weights string) (matcher.CalibrationTable, error) {
	part, err := s.Of(keep, l)
	if err != nil {
		return matcher.CalibrationTable{}, err
	}
	c, err := CrossPairs(ctx, part, o.Workers, o.Progress)
	if err != nil {
		return matcher.CalibrationTable{}, err
	}
	p := matcher.Provenance{Weights: weights, WeightsSHA256: o.WeightsSHA256, Detector: o.Detector,
		LongSide: o.LongSide, DataSet: o.DataSet, Date: o.Now.Format(time.DateOnly), Tool: o.Tool}
	return FitCalibration(ctx, c, p, o.resampling())
}

// inFolds accepts the people of folds first..end-1, counted from 0.
func inFolds(folds map[string]int, first, end int) func(string) bool {
	return func(person string) bool {
		f, ok := folds[person]
		return ok && f >= first && f < end
	}
}

package benchmarks

import (
	"context"
	"math"

	"oblik/matcher"
)

// holdOutScores are those a table is tried at: the floor and the default of a
// verification.
var holdOutScores = []float64{30, 40}

// HoldOut is what a table made on some folds achieves on others, whose people
// it has not seen.
type HoldOut struct {
	FittedOn     string         `json:"fittedOn"` // folds
	MeasuredOn   string         `json:"measuredOn"`
	FitPairs     int64          `json:"fitNonMatedPairs"`
	Pairs        int64          `json:"nonMatedPairs"`
	LabelErrors  int            `json:"labelErrors"` // pairs of names left out, of both parts
	Scores       []HoldOutScore `json:"scores"`
	EmpiricalEnd float64        `json:"empiricalEnd"` // the highest score the fitted table could count
}

// HoldOutScore is the FMR achieved at one score.
type HoldOutScore struct {
	Score      float64 `json:"score"`
	Similarity float64 `json:"similarity"` // where the table puts it
	Promised   float64 `json:"promised"`   // 10^(-score/10)
	Achieved   float64 `json:"achieved"`
	Interval           // of Achieved, by resampling the people measured on; the table is taken as it is
	Matches    int64   `json:"matches"` // non-mated pairs that match
}

// MeasureHoldOut gives the FMR that a table achieves on the cross pairs of
// other people, at each of the scores given.
func MeasureHoldOut(ctx context.Context, table matcher.CalibrationTable, c *Cross, at []float64, r Resampling) (HoldOut, error) {
	cal, err := matcher.NewCalibration(table)
	if err != nil {
		return HoldOut{}, err
	}
	h := HoldOut{FitPairs: table.Provenance.NonMatedPairs, Pairs: c.NonMated, EmpiricalEnd: cal.EmpiricalLimit(),
		LabelErrors: table.Provenance.LabelErrors + c.set.LabelErrors()}
	s := c.scores()
	intervals, err := r.intervals(ctx, s.people, func(w []int32) []float64 {
		fmr := make([]float64, len(at))
		for i, score := range at {
			fmr[i] = s.matched(cal.Similarity(score), w)
		}
		return fmr
	})
	if err != nil {
		return HoldOut{}, err
	}
	for i, score := range at {
		t := cal.Similarity(score)
		fmr := c.FMR(t)
		h.Scores = append(h.Scores, HoldOutScore{Score: score, Similarity: t, Promised: math.Pow(10, -score/10),
			Achieved: fmr, Interval: intervals[i], Matches: int64(math.Round(fmr * float64(c.NonMated)))})
	}
	return h, nil
}

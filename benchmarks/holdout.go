package benchmarks

import (
	"context"
	"math"

	"oblik/matcher"
)

// holdOutScores are those a table is tried at: the floor and the default of a
// verification, and what a search of 1,000 people asks of a 1:1 comparison (20,
// and 30 for their number). At 50 the count says more than the interval does: of
// the 1.1 million pairs of LFW's folds 4-5 11 are promised and 2 matched.
var holdOutScores = []float64{30, 40, 50}

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
	Similarity float64 `json:"similarity"` // where the table puts it; 2 if it reaches no such score
	Promised   float64 `json:"promised"`   // 10^(-score/10)
	Achieved   float64 `json:"achieved"`
	Interval           // of Achieved, by resampling the people measured on; the table is taken as it is; 0..0 without a match
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
	s, thresholds := c.scores(), make([]float64, len(at))
	for i, score := range at {
		thresholds[i] = math.Min(2, cal.Similarity(score))
	}
	intervals, err := r.intervals(ctx, s.people, func(w []int32) []float64 {
		fmr := make([]float64, len(at))
		for i, t := range thresholds {
			fmr[i] = s.matched(t, w)
		}
		return fmr
	})
	if err != nil {
		return HoldOut{}, err
	}
	for i, score := range at {
		fmr := c.FMR(thresholds[i])
		h.Scores = append(h.Scores, HoldOutScore{Score: score, Similarity: thresholds[i], Promised: math.Pow(10, -score/10),
			Achieved: fmr, Interval: intervals[i], Matches: int64(math.Round(fmr * float64(c.NonMated)))})
	}
	return h, nil
}

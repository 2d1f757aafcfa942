package matcher

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"

	"oblik/models"
)

// Calibration turns the similarity of two templates of one version of the
// weights into a [models.Score]. It is immutable and safe for concurrent use.
type Calibration struct {
	table CalibrationTable
	knots []Knot  // counted, then fitted
	limit float64 // the highest similarity that could be counted
}

// ParseCalibration reads a calibration file. Unknown keys, anything after the
// table and everything [NewCalibration] refuses are errors of kind
// [models.Invalid].
func ParseCalibration(data []byte) (*Calibration, error) {
	if len(data) > maxCalibrationBytes {
		return nil, badCalibration("%d bytes, at most %d are accepted", len(data), maxCalibrationBytes)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var t CalibrationTable
	if err := d.Decode(&t); err != nil {
		return nil, badCalibration("%w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, badCalibration("something follows the table")
	}
	return NewCalibration(t)
}

// NewCalibration checks a table: provenance complete, 2 to 4096 knots in all,
// similarity within -1..1 and score within 0..100 both strictly rising, the
// tail no steeper than the empirical slope and ending at score 100 or
// similarity 1.
func NewCalibration(t CalibrationTable) (*Calibration, error) {
	if t.Version != 1 {
		return nil, badCalibration("version %d, this program reads version 1", t.Version)
	}
	if err := t.Provenance.validate(); err != nil {
		return nil, err
	}
	n := len(t.Knots)
	if n < 2 || len(t.Tail.Knots) < 1 || n+len(t.Tail.Knots) > maxKnots {
		return nil, badCalibration("%d counted and %d fitted knots, from 2 and 1 up to %d in all are accepted", n, len(t.Tail.Knots), maxKnots)
	}
	knots := make([]Knot, 0, n+len(t.Tail.Knots))
	knots = append(append(knots, t.Knots...), t.Tail.Knots...)
	if err := validateKnots(knots); err != nil {
		return nil, err
	}
	if err := t.Tail.validate(knots[n-1:]); err != nil {
		return nil, err
	}
	return &Calibration{table: t, knots: knots, limit: knots[n-1][0]}, nil
}

// Score is the calibrated score of a similarity (cosine): linear between
// knots, 0 up to the first, the last knot's beyond it. It is extrapolated
// above what could be counted. NaN scores 0.
func (c *Calibration) Score(similarity float64) models.Score {
	s := models.Score{Similarity: similarity}
	k := c.knots
	if !(similarity > k[0][0]) { // also NaN
		s.Value = k[0][1]
		return s
	}
	s.Extrapolated = similarity > c.limit
	lo, hi := 0, len(k) // k[lo] < similarity; k[hi] >= similarity or beyond the end
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; k[mid][0] < similarity {
			lo = mid
		} else {
			hi = mid
		}
	}
	if hi == len(k) {
		s.Value = k[lo][1]
		return s
	}
	s.Value = k[lo][1] + (similarity-k[lo][0])*(k[hi][1]-k[lo][1])/(k[hi][0]-k[lo][0])
	return s
}

// Similarity is the lowest similarity that scores at least score: -1 for 0
// and less, +Inf for more than the table reaches.
func (c *Calibration) Similarity(score float64) float64 {
	k := c.knots
	last := len(k) - 1
	switch {
	case score <= k[0][1]:
		return -1
	case !(score <= k[last][1]): // also NaN
		return math.Inf(1)
	}
	lo, hi := 0, last
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; k[mid][1] < score {
			lo = mid
		} else {
			hi = mid
		}
	}
	return k[lo][0] + (score-k[lo][1])*(k[hi][0]-k[lo][0])/(k[hi][1]-k[lo][1])
}

// WeightsID is the recogniser the table belongs to; the similarity of other
// weights' templates means nothing here.
func (c *Calibration) WeightsID() string { return c.table.Provenance.Weights }

// Table is the table with its provenance. Its slices are shared: read only.
func (c *Calibration) Table() CalibrationTable { return c.table }

// EmpiricalLimit is the highest score that could be counted; above it a score
// is marked extrapolated.
func (c *Calibration) EmpiricalLimit() float64 {
	return c.table.Knots[len(c.table.Knots)-1][1]
}

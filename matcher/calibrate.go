package matcher

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"time"

	"oblik/models"
)

// Bounds of a calibration file. A table in steps of 0.25 has about 400 knots;
// the bounds leave room for finer ones and none for a file meant to hurt.
const (
	maxCalibrationBytes = 1 << 20
	maxKnots            = 4096
	maxProvenanceText   = 256
	slopeTolerance      = 1.001 // knots are rounded to 6 decimals of similarity and 4 of score
)

// Knot is one point of the table: the fraction 10^(-score/10) of the
// non-mated pairs has at least this similarity. In JSON: [similarity, score].
type Knot [2]float64

// Similarity is the knot's cosine, -1..1.
func (k Knot) Similarity() float64 { return k[0] }

// Score is the knot's -10*log10(FMR), 0..100.
func (k Knot) Score() float64 { return k[1] }

// Provenance says what a table was measured with and on.
type Provenance struct {
	Weights       string `json:"weights"`       // the recogniser's id in the manifest
	WeightsSHA256 string `json:"weightsSha256"` // of the file that ran, 64 hex digits
	Detector      string `json:"detector"`      // the detector's id in the manifest
	LongSide      int    `json:"longSide"`      // pixels the detector saw
	DataSet       string `json:"dataSet"`       // name of the images and of the list
	Images        int    `json:"images"`        // with a template
	People        int    `json:"people"`
	Failures      int    `json:"failures"` // images that gave no template
	MatedPairs    int64  `json:"matedPairs"`
	NonMatedPairs int64  `json:"nonMatedPairs"` // what the FMR was counted over
	LabelErrors   int    `json:"labelErrors"`   // pairs of names left out as published label errors
	Date          string `json:"date"`          // YYYY-MM-DD
	Tool          string `json:"tool"`          // program and version that made the table
}

// Tail is the generalised Pareto distribution fitted to the excess of the
// highest non-mated similarities over a threshold, and the knots taken from
// it: the survival of s is Rate * (1 + Shape*(s-Threshold)/Scale)^(-1/Shape).
type Tail struct {
	Threshold   float64 `json:"threshold"`   // similarity
	Exceedances int     `json:"exceedances"` // non-mated pairs above the threshold
	Rate        float64 `json:"rate"`        // Exceedances / NonMatedPairs
	Shape       float64 `json:"shape"`
	ShapeLow    float64 `json:"shapeLow"`  // 95 % interval of the shape,
	ShapeHigh   float64 `json:"shapeHigh"` // by resampling people
	Scale       float64 `json:"scale"`     // in similarity
	Distance    float64 `json:"distance"`  // of the fit from the exceedances (Kolmogorov-Smirnov)
	Fit         float64 `json:"fit"`       // its p value by parametric bootstrap, pairs taken as independent
	// Slope is the empirical one, in score per similarity, over the last
	// decade of FMR that could be counted; no tail knot rises faster.
	Slope float64 `json:"slope"`
	Knots []Knot  `json:"knots"`
}

// CalibrationTable is a calibration file: data beside the weights' manifest.
type CalibrationTable struct {
	Version    int        `json:"version"` // 1
	Meaning    string     `json:"meaning"` // what a score says, and of whom
	Provenance Provenance `json:"provenance"`
	Knots      []Knot     `json:"knots"` // counted; ends where 30 non-mated pairs score as high
	Tail       Tail       `json:"tail"`  // fitted
}

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

func validateKnots(knots []Knot) error {
	for i, k := range knots {
		if !(k[0] >= -1 && k[0] <= 1 && k[1] >= 0 && k[1] <= models.MaxScore) {
			return badCalibration("knot %d: similarity %g or score %g out of range", i, k[0], k[1])
		}
		if i > 0 && !(k[0] > knots[i-1][0] && k[1] > knots[i-1][1]) {
			return badCalibration("knot %d: similarity and score must both rise", i)
		}
	}
	if knots[0][1] != 0 {
		return badCalibration("the first knot's score is %g, not 0", knots[0][1])
	}
	return nil
}

// validate checks the fitted part; knots are the last counted one and the tail.
func (t Tail) validate(knots []Knot) error {
	for _, v := range []float64{t.Threshold, t.Rate, t.Shape, t.ShapeLow, t.ShapeHigh, t.Scale, t.Distance, t.Fit, t.Slope} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return badCalibration("tail: a parameter is not a number")
		}
	}
	if t.Scale <= 0 || t.Slope <= 0 || t.Rate <= 0 || t.Rate > 1 || t.Exceedances < 1 {
		return badCalibration("tail: scale, slope, rate and exceedances must be positive")
	}
	for i := 1; i < len(knots); i++ {
		if (knots[i][1] - knots[i-1][1]) > slopeTolerance*t.Slope*(knots[i][0]-knots[i-1][0]) {
			return badCalibration("tail knot %d: steeper than the empirical slope %g", i-1, t.Slope)
		}
	}
	if end := knots[len(knots)-1]; end[0] != 1 && end[1] != models.MaxScore {
		return badCalibration("the tail ends before similarity 1 and score %g", models.MaxScore)
	}
	return nil
}

func (p Provenance) validate() error {
	for _, s := range []string{p.Weights, p.Detector, p.DataSet, p.Tool} {
		if s == "" || len(s) > maxProvenanceText {
			return badCalibration("provenance: a text is missing or longer than %d bytes", maxProvenanceText)
		}
	}
	if b, err := hex.DecodeString(p.WeightsSHA256); err != nil || len(b) != 32 {
		return badCalibration("provenance: weightsSha256 is not a SHA-256 in hex")
	}
	if _, err := time.Parse(time.DateOnly, p.Date); err != nil {
		return badCalibration("provenance: date is not YYYY-MM-DD")
	}
	if p.LongSide < 1 || p.Images < 2 || p.People < 2 || p.MatedPairs < 1 || p.NonMatedPairs < 1 || p.Failures < 0 || p.LabelErrors < 0 {
		return badCalibration("provenance: a count is missing or negative")
	}
	return nil
}

func badCalibration(format string, args ...any) error {
	return models.Errorf("calibration", models.Invalid, format, args...)
}

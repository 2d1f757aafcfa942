package matcher

import (
	"encoding/hex"
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

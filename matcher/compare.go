package matcher

import (
	"math"

	"oblik/models"
)

// Cosine compares templates by the cosine of their vectors, put on the score
// scale by the calibration of their weights. It implements [Comparer].
type Cosine struct {
	format      models.Format
	calibration *Calibration
}

// NewCosine makes the comparer of one format.
func NewCosine(format models.Format, calibration *Calibration) Cosine {
	return Cosine{format: format, calibration: calibration}
}

// Compare implements [Comparer].
func (c Cosine) Compare(probe, reference models.Template) (models.Score, error) {
	if probe.Format != c.format || reference.Format != c.format {
		return models.Score{}, models.Errorf("compare", models.Mismatch,
			"templates of %q and %q, the comparer is for %q", probe.Format.Weights, reference.Format.Weights, c.format.Weights)
	}
	p, err := Vector(probe)
	if err != nil {
		return models.Score{}, err
	}
	r, err := Vector(reference)
	if err != nil {
		return models.Score{}, err
	}
	return c.calibration.Score(Dot(p, r)), nil
}

// Dot is the inner product, in float64 so that the order of the terms does not
// show in a score; for unit vectors the cosine, kept within -1..1.
func Dot(a, b []float32) float64 {
	b = b[:len(a)]
	var sum float64
	for i, x := range a {
		sum += float64(x) * float64(b[i])
	}
	return math.Max(-1, math.Min(1, sum))
}

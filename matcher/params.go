package matcher

import (
	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/models"
)

// Params are the numbers the matcher is tuned with.
type Params struct {
	Limits header.Limits // what an image may be before it is decoded

	// LongSide is the side of the detector's square input in pixels, a multiple
	// of 32, 64..1920.
	LongSide int
	// MinConfidence is the least confidence of a face, 0..1.
	MinConfidence float64
	// SureConfidence is the confidence from which a face is upright without
	// another look. YuNet finds faces that stand on their head, too, at up to
	// 0.912 on LFW turned; 2 % of LFW as it is are below 0.92.
	SureConfidence float64
	// MinInterEye is the least distance between the eyes in pixels; below it
	// unrelated people are confused more often than scores say.
	MinInterEye float64
	// DetectSide is the least long side of the pixels that the detector's input
	// is scaled from, in units of LongSide, 1..8: a JPEG is decoded at the
	// smallest part of its size that has it. On LFW enlarged to 12 megapixels the
	// points found with 2 are 0.002 distances between the eyes (median) from
	// those of the full decode, and FNMR at FMR 1e-3 and 1e-4 is 0.11 and 0.02
	// points lower. With 1 it is 0.004, and 0.07 lower and 0.16 higher, 3 and 7
	// pairs of 4,414, for 3 ms less.
	DetectSide float64
	// AlignInterEye is the least distance between the eyes, in decoded pixels,
	// that a face is aligned from: one with less is decoded again at a larger
	// part of its size. The crop has 35. With 40 to 80 the cosine to a crop of
	// averaged pixels is 0.995 or more on four portraits, 0.98 with 24; the full
	// decode of a face with 300 has 0.98, since alignment then skips pixels.
	AlignInterEye float64
	// FullDecode decodes everything at its full size. For measurements.
	FullDecode bool
	// MaxOverlap is the largest intersection over union of two faces, 0..1.
	MaxOverlap float64
	// Mirror averages the vector with that of the mirrored crop: twice the
	// recogniser's time. For measurements: it is no part of a template's format,
	// and the calibration is made without it.
	Mirror bool
}

// DefaultParams are the values measured on LFW folds 1-5; README says what
// others give and cost.
func DefaultParams() Params {
	return Params{
		Limits:         header.DefaultLimits(),
		LongSide:       320,
		MinConfidence:  0.6,
		SureConfidence: 0.92,
		MinInterEye:    10,
		DetectSide:     2,
		AlignInterEye:  40,
		MaxOverlap:     0.3,
	}
}

// Validate reports a number out of its range.
func (p Params) Validate() error {
	switch {
	case p.LongSide < 64 || p.LongSide > 1920 || p.LongSide%face.Stride != 0:
		return models.Errorf("params", models.Invalid, "long side %d is not a multiple of %d within 64..1920", p.LongSide, face.Stride)
	case !(p.MinConfidence > 0 && p.MinConfidence < 1):
		return models.Errorf("params", models.Invalid, "least confidence %g is not between 0 and 1", p.MinConfidence)
	case !(p.DetectSide >= 1 && p.DetectSide <= 8):
		return models.Errorf("params", models.Invalid, "detect side %g is not within 1..8", p.DetectSide)
	case !(p.AlignInterEye > 0):
		return models.Errorf("params", models.Invalid, "inter-eye distance for alignment %g is not above 0", p.AlignInterEye)
	case !(p.MaxOverlap > 0 && p.MaxOverlap < 1):
		return models.Errorf("params", models.Invalid, "largest overlap %g is not between 0 and 1", p.MaxOverlap)
	}
	return nil
}

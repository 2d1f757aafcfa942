package benchmarks

import (
	"context"

	"oblik/matcher"
	"oblik/models"
)

// IdentificationReport is what Identify measures.
type IdentificationReport struct {
	Setup
	NotEnrolled int             `json:"notEnrolled"` // people whose photographs all failed: in no gallery
	LabelErrors int             `json:"labelErrors"` // pairs of names not counted
	Galleries   []GalleryResult `json:"galleries"`
}

// Identify measures searches in galleries of the data set's people, without
// the known label errors. cal must belong to the factory's weights. Where it was
// made on the same people, the FPIR at a score is that of the table's own data;
// the hold-out of [Calibrate] is the figure for others.
func Identify(ctx context.Context, o Options, cal *matcher.Calibration) (IdentificationReport, error) {
	labels, err := KnownLabelErrors()
	if err != nil {
		return IdentificationReport{}, err
	}
	set, setup, err := o.extract(ctx)
	if err != nil {
		return IdentificationReport{}, err
	}
	if setup.Weights != cal.WeightsID() {
		return IdentificationReport{}, models.Errorf("identify", models.Mismatch,
			"the calibration is for %q, the templates are of %q", cal.WeightsID(), setup.Weights)
	}
	set = set.Without(labels)
	r := IdentificationReport{Setup: setup, NotEnrolled: len(set.People) - set.enrollable(), LabelErrors: set.LabelErrors()}
	r.Galleries, err = MeasureIdentification(ctx, set, cal, o.resampling())
	return r, err
}

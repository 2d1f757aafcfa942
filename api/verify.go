package api

import (
	"context"

	"oblik/models"
)

// Decision answers a verification.
type Decision struct {
	Match     bool
	Threshold float64 // that was in force
	// Compared is the number of comparisons, probes times sound references. 0 says
	// that nothing usable is on record (all INACTIVE, or no face): the other
	// fields of the comparison are then zero, and Match is false.
	Compared  int
	Score     models.Score       // the best, already lowered for the best of Compared
	Encounter models.EncounterID // whose reference scored best; empty after VerifyImages
	Faces     []int              // faces found in each image, in the order given; the largest and most central was taken
}

// CheckVerify reports what is wrong with a verification before anything is
// read: [models.Forbidden] if gallery is not the client's ("" for a comparison
// of images), [models.Invalid] for a threshold below the floor, the policy's or
// the client's own, and for probes without a face sample.
func (s *Service) CheckVerify(by Caller, gallery models.GalleryID, asked *float64, probes ...[]models.Sample) error {
	if gallery != "" {
		if err := gallery.Validate(); err != nil {
			return err
		}
		if err := by.holds([]models.GalleryID{gallery}); err != nil {
			return err
		}
	}
	if _, err := s.Policy.verifyThreshold(by, asked); err != nil {
		return err
	}
	for _, samples := range probes {
		if err := s.CheckProbes(samples); err != nil {
			return err
		}
	}
	return nil
}

// Verify compares probes with a person's ACTIVE encounters in a gallery
// ([models.AllGalleries] for all) and decides by the best score. A nil
// threshold is the policy's, or the client's floor if that is higher. The
// decision is in the audit trail before it is answered, and a failure is
// counted (lock.go).
//
// Errors: [models.NotFound], in the same words for a person who is unknown,
// erased or not in the gallery; [models.Delayed] and [models.Locked] after too
// many failures, before a probe is looked at; [models.Integrity] if all that
// can be compared are damaged in the store, while others count without the
// damaged ones; those of [Service.CheckVerify], the image kinds, [models.NoFace].
//
// If all references were made by other weights it is [models.Mismatch], which
// says "enrol again" and not "another person". A client limited to galleries, as
// a kiosk is, gets NotFound instead: the fault is the operator's, who finds it in
// the log. Neither counts as a failure.
func (s *Service) Verify(ctx context.Context, by Caller, person models.PersonID, gallery models.GalleryID,
	probes []models.Sample, asked *float64) (Decision, error) {
	ctx = withPlace(s.allot(ctx), rankVerify, by)
	limit, err := s.Policy.verifyThreshold(by, asked)
	for _, err := range []error{err, person.Validate(), gallery.Validate(), s.CheckVerify(by, gallery, asked, probes), s.records.err()} {
		if err != nil {
			return Decision{}, err
		}
	}
	// A stranger's host may be slow: not while others wait for their turn.
	probes, err = s.fetched(ctx, probes)
	if err != nil {
		return Decision{}, err
	}
	v := verification{s, by, person, gallery, probes, limit}
	if s.Policy.LockAfter == 0 {
		return v.run(ctx)
	}
	var d Decision
	err = s.guesses.alone(ctx, person, func() (err error) { d, err = v.run(ctx); return err })
	return d, err
}

// verification is one that has been checked.
type verification struct {
	*Service
	by      Caller
	person  models.PersonID
	gallery models.GalleryID
	probes  []models.Sample
	limit   float64
}

func (v verification) run(ctx context.Context) (Decision, error) {
	references, failures, err := v.references(ctx)
	if err != nil {
		return Decision{}, err
	}
	found, err := v.extractFaces(ctx, v.probes)
	if err != nil {
		return Decision{}, err
	}
	d, err := v.decide(ctx, templates(found), references, v.limit)
	if err != nil {
		return Decision{}, err
	}
	d.Faces = faceCounts(found)
	if err := v.count(ctx, v.person, failures, d); err != nil {
		return Decision{}, err
	}
	err = v.note(ctx, d.Encounter, map[string]any{
		"gallery": v.gallery, "match": d.Match, "score": d.Score.Value, "threshold": d.Threshold,
		"compared": d.Compared, "weights": v.Extractor.Format().Weights,
	})
	return d, err
}

// VerifyImages compares two sets of images with each other; nothing is read
// or stored, no line of the audit trail either, since nobody on record is asked about. Errors as of [Service.Verify], without NotFound.
func (s *Service) VerifyImages(ctx context.Context, by Caller, a, b []models.Sample, asked *float64) (Decision, error) {
	ctx = withPlace(ctx, rankVerify, by)
	limit, err := s.Policy.verifyThreshold(by, asked)
	for _, err := range []error{err, s.CheckVerify(by, "", asked, a, b)} {
		if err != nil {
			return Decision{}, err
		}
	}
	var foundA, foundB []models.Extraction
	errA, errB := both(
		func() (err error) { foundA, err = s.extractFaces(ctx, a); return err },
		func() (err error) { foundB, err = s.extractFaces(ctx, b); return err })
	if errA != nil {
		return Decision{}, about("the first photograph", errA)
	}
	if errB != nil {
		return Decision{}, about("the second photograph", errB)
	}
	references := make([]reference, len(foundB))
	for i, x := range foundB {
		references[i] = reference{template: x.Template}
	}
	d, err := s.decide(ctx, templates(foundA), references, limit)
	d.Faces = append(faceCounts(foundA), faceCounts(foundB)...)
	return d, err
}

package api

import (
	"context"
	"errors"

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

// Verify compares probes with a person's ACTIVE encounters in a gallery
// ([models.AllGalleries] for all) and decides by the best score. A nil
// threshold is the policy's. The references are read while the probes are
// being extracted. The decision is in the audit trail before it is answered.
//
// Errors: [models.NotFound], in the same words for a person who is unknown,
// erased or not in the gallery; [models.Mismatch] if all references were made
// by other weights; [models.Integrity] if all that can be compared are damaged
// in the store, while others count without the damaged ones; [models.Invalid], the image kinds, [models.NoFace].
func (s *Service) Verify(ctx context.Context, by Caller, person models.PersonID, gallery models.GalleryID,
	probes []models.Sample, asked *float64) (Decision, error) {
	ctx = s.allot(ctx)
	limit, err := s.verifyThreshold(asked)
	if err != nil {
		return Decision{}, err
	}
	if err := person.Validate(); err != nil {
		return Decision{}, err
	}
	if err := gallery.Validate(); err != nil {
		return Decision{}, err
	}
	if err := s.checkProbes(probes); err != nil {
		return Decision{}, err
	}
	if err := s.Ready(); err != nil {
		return Decision{}, err
	}
	entries, found, err := s.readAndExtract(ctx, person, gallery, probes)
	if models.KindOf(err) == models.NotFound { // who asks about whom is known, whatever the answer
		err = errors.Join(err, s.audit(ctx, change{by: by, person: person, details: map[string]any{"gallery": gallery, "found": false}}))
	}
	if err != nil {
		return Decision{}, err
	}
	references, err := s.usable(entries)
	if err != nil {
		return Decision{}, err
	}
	d, err := s.decide(templates(found), references, limit)
	if err != nil {
		return Decision{}, err
	}
	d.Faces = faceCounts(found)
	return d, s.audit(ctx, change{by: by, person: person, encounter: d.Encounter, details: map[string]any{
		"gallery": gallery, "match": d.Match, "score": d.Score.Value, "threshold": d.Threshold,
		"compared": d.Compared, "weights": s.Extractor.Format().Weights,
	}})
}

// VerifyImages compares two sets of images with each other; nothing is read
// or stored, no line of the audit trail either, since nobody on record is asked about. Errors as of [Service.Verify], without NotFound.
func (s *Service) VerifyImages(ctx context.Context, a, b []models.Sample, asked *float64) (Decision, error) {
	limit, err := s.verifyThreshold(asked)
	if err != nil {
		return Decision{}, err
	}
	for _, samples := range [][]models.Sample{a, b} {
		if err := s.checkProbes(samples); err != nil {
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
	d, err := s.decide(templates(foundA), references, limit)
	d.Faces = append(faceCounts(foundA), faceCounts(foundB)...)
	return d, err
}

func (s *Service) verifyThreshold(asked *float64) (float64, error) {
	return threshold(asked, s.Policy.VerifyThreshold, s.Policy.VerifyFloor)
}

// readAndExtract reports the reading's error first, so that the same request
// always gets the same answer, and gives up the extraction with it.
func (s *Service) readAndExtract(ctx context.Context, person models.PersonID, gallery models.GalleryID,
	probes []models.Sample) (entries []models.Entry, found []models.Extraction, err error) {
	extracting, stop := context.WithCancel(ctx)
	defer stop()
	readErr, extractErr := both(
		func() (err error) {
			ctx, cancel := s.brief(ctx)
			defer cancel()
			if entries, err = s.Encounters.Templates(ctx, person, gallery); err != nil {
				stop()
			}
			return err
		},
		func() (err error) { found, err = s.extractFaces(extracting, probes); return err })
	if models.KindOf(readErr) == models.NotFound {
		readErr = models.Errorf("verify", models.NotFound, "unknown person or gallery")
	}
	if readErr != nil {
		return nil, nil, readErr
	}
	return entries, found, extractErr
}

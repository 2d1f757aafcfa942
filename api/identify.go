package api

import (
	"context"
	"slices"

	"oblik/models"
)

// IdentifyOptions bound an identification. The zero value asks for the
// policy's threshold and number of candidates.
type IdentifyOptions struct {
	Threshold *float64 // nil for the policy's, or the client's floor if that is higher
	Max       int      // candidates, 1..models.MaxCandidates; 0 for the policy's number
	Filter    Filter   // nil for none
}

// Identified answers an identification.
type Identified struct {
	Candidates []models.Candidate // best first, ties by person id; never nil
	Faces      []int              // faces found in each probe image, in the order given; nil without images
}

// CheckIdentify reports what is wrong with an identification before anything
// is read: [models.Forbidden] if gallery is not the client's, [models.Invalid]
// for an option out of range, a threshold below the floor, the policy's or the
// client's own, and for the filter ([IsFilterFault]).
func (s *Service) CheckIdentify(by Caller, gallery models.GalleryID, o IdentifyOptions) error {
	_, err := s.search(by, gallery, o)
	return err
}

// Identify searches a gallery for the people the probes show. Of several
// probes a person's best counts, lowered for the number of probes. A gallery
// without any encounter does not exist: [models.NotFound]; in an empty
// [models.AllGalleries] nobody is found, nor by a filter that leaves out faces.
// Who was named is in the audit trail before it is answered. Other errors:
// those of [Service.CheckIdentify] and [Service.CheckProbes],
// [models.Unavailable] before [Service.Load] is done, the image kinds,
// [models.NoFace].
func (s *Service) Identify(ctx context.Context, by Caller, gallery models.GalleryID, probes []models.Sample, o IdentifyOptions) (Identified, error) {
	ctx = withPlace(s.allot(ctx), rankIdentify, by)
	none := Identified{Candidates: []models.Candidate{}}
	if err := s.Ready(); err != nil {
		return none, err
	}
	q, err := s.search(by, gallery, o)
	if err != nil {
		return none, err
	}
	if err := s.CheckProbes(probes); err != nil {
		return none, err
	}
	if err := s.galleryExists(ctx, gallery); err != nil {
		return none, err
	}
	if !q.filter.face {
		return none, nil
	}
	found, err := s.extractFaces(ctx, probes)
	if err != nil {
		return none, err
	}
	candidates, err := s.name(ctx, q, models.EncounterKey{}, templates(found))
	if err != nil {
		return none, err
	}
	return Identified{Candidates: candidates, Faces: faceCounts(found)}, nil
}

// search is an identification that has been checked.
type search struct {
	models.SearchOptions
	by     Caller
	filter filter
}

func (s *Service) search(by Caller, gallery models.GalleryID, o IdentifyOptions) (search, error) {
	if err := gallery.Validate(); err != nil {
		return search{}, err
	}
	if err := by.holds([]models.GalleryID{gallery}); err != nil {
		return search{}, err
	}
	limit, err := s.Policy.identifyThreshold(by, o.Threshold)
	if err != nil {
		return search{}, err
	}
	if o.Max == 0 {
		o.Max = s.Policy.DefaultCandidates
	}
	if o.Max < 1 || o.Max > models.MaxCandidates {
		return search{}, models.Errorf("identify", models.Invalid, "the number of candidates must be within 1..%d", models.MaxCandidates)
	}
	f, err := o.Filter.read(s.Policy.FilterKeys)
	return search{models.SearchOptions{Gallery: gallery, Threshold: limit, Max: o.Max}, by, f}, err
}

func (s *Service) galleryExists(ctx context.Context, gallery models.GalleryID) error {
	if gallery == models.AllGalleries {
		return nil
	}
	var all []models.GalleryID
	err := s.ask(ctx, func(ctx context.Context) (err error) {
		all, err = s.Galleries.List(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if _, ok := slices.BinarySearch(all, gallery); !ok {
		return models.Errorf("identify", models.NotFound, "unknown gallery")
	}
	return nil
}

package api

import (
	"context"
	"slices"

	"oblik/matcher"
	"oblik/models"
)

// IdentifyOptions bound an identification. The zero value asks for the
// policy's threshold and number of candidates.
type IdentifyOptions struct {
	Threshold  *float64          // nil for the policy's
	Max        int               // candidates, 1..models.MaxCandidates; 0 for the policy's number
	Modalities []models.Modality // only these are compared; nil for all there are
}

// Identified answers an identification.
type Identified struct {
	Candidates []models.Candidate // best first, ties by person id; never nil
	Faces      []int              // faces found in each probe image, in the order given
}

// Identify searches a gallery for the people the probes show. Of several
// probes a person's best counts, lowered for the number of probes. A gallery
// without any encounter does not exist: [models.NotFound]; in an empty
// [models.AllGalleries] nobody is found. Who was named is in the audit trail
// before it is answered. Other errors: [models.Invalid],
// [models.Unavailable] before [Service.Load] is done, the image kinds,
// [models.NoFace].
func (s *Service) Identify(ctx context.Context, by Caller, gallery models.GalleryID, probes []models.Sample, o IdentifyOptions) (Identified, error) {
	ctx = s.allot(ctx)
	none := Identified{Candidates: []models.Candidate{}}
	if err := s.Ready(); err != nil {
		return none, err
	}
	search, err := s.searchOptions(gallery, o)
	if err != nil {
		return none, err
	}
	if err := s.checkProbes(probes); err != nil {
		return none, err
	}
	if err := s.galleryExists(ctx, gallery); err != nil {
		return none, err
	}
	if o.Modalities != nil && !slices.Contains(o.Modalities, models.Face) {
		return none, nil
	}
	found, err := s.extractFaces(ctx, probes)
	if err != nil {
		return none, err
	}
	candidates, err := s.searchAll(ctx, templates(found), search)
	if err != nil {
		return none, err
	}
	err = s.audit(ctx, change{by: by, details: map[string]any{
		"gallery": gallery, "candidates": named(candidates), "threshold": search.Threshold,
		"weights": s.Extractor.Format().Weights,
	}})
	if err != nil {
		return none, err
	}
	return Identified{Candidates: candidates, Faces: faceCounts(found)}, nil
}

// named are the candidates as the audit trail keeps them.
func named(candidates []models.Candidate) []map[string]any {
	all := make([]map[string]any, len(candidates))
	for i, c := range candidates {
		all[i] = map[string]any{"person": c.Person, "encounter": c.Encounter, "score": c.Score.Value}
	}
	return all
}

func (s *Service) searchOptions(gallery models.GalleryID, o IdentifyOptions) (models.SearchOptions, error) {
	var none models.SearchOptions
	if err := gallery.Validate(); err != nil {
		return none, err
	}
	limit, err := threshold(o.Threshold, s.Policy.IdentifyThreshold, s.Policy.IdentifyFloor)
	if err != nil {
		return none, err
	}
	if o.Max == 0 {
		o.Max = s.Policy.DefaultCandidates
	}
	if o.Max < 1 || o.Max > models.MaxCandidates {
		return none, models.Errorf("identify", models.Invalid, "the number of candidates must be within 1..%d", models.MaxCandidates)
	}
	return models.SearchOptions{Gallery: gallery, Threshold: limit, Max: o.Max}, nil
}

func (s *Service) galleryExists(ctx context.Context, gallery models.GalleryID) error {
	if gallery == models.AllGalleries {
		return nil
	}
	ctx, cancel := s.brief(ctx)
	defer cancel()
	all, err := s.Galleries.List(ctx)
	if err != nil {
		return err
	}
	if _, ok := slices.BinarySearch(all, gallery); !ok {
		return models.Errorf("identify", models.NotFound, "unknown gallery")
	}
	return nil
}

// searchAll joins the searches of several probes. Each search gives the best
// of its own; lowering keeps their order, so no better candidate is missed.
func (s *Service) searchAll(ctx context.Context, probes []models.Template, o models.SearchOptions) ([]models.Candidate, error) {
	best := make(map[models.PersonID]models.Candidate)
	for _, probe := range probes {
		candidates, err := s.Index.Search(ctx, probe, o)
		if err != nil {
			return nil, err
		}
		for _, c := range candidates {
			c.Score = c.Score.Less(len(probes))
			old, seen := best[c.Person]
			if c.Score.Value >= o.Threshold && (!seen || better(c.Score, old.Score)) {
				best[c.Person] = c
			}
		}
	}
	all := make([]models.Candidate, 0, len(best))
	for _, c := range best {
		all = append(all, c)
	}
	slices.SortFunc(all, matcher.ByRank)
	return all[:min(len(all), o.Max)], nil
}

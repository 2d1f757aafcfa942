package api

import (
	"context"
	"slices"

	"oblik/matcher"
	"oblik/models"
)

// name searches and puts who was named into the audit trail; subject is whose
// templates the probes are, if they come from the store.
func (s *Service) name(ctx context.Context, q search, subject models.EncounterKey, probes []models.Template) ([]models.Candidate, error) {
	if err := s.Ready(); err != nil { // it was, before the photographs were read
		return nil, err
	}
	epoch, sequence := s.step.stands()
	candidates, err := s.searchAll(ctx, probes, q)
	if err == nil && !s.still(epoch) {
		err = models.Errorf("identify", models.Unavailable, "the index is loaded anew")
	}
	if err != nil {
		return nil, err
	}
	details := map[string]any{
		"gallery": q.Gallery, "candidates": named(candidates), "threshold": q.Threshold,
		"weights": s.Extractor.Format().Weights, "index": sequence,
	}
	if len(q.filter.names) > 0 {
		details["filter"] = q.filter.names
	}
	err = s.audit(ctx, change{by: q.by, person: subject.Person, encounter: subject.Encounter, details: details})
	if err != nil {
		return nil, err
	}
	if len(candidates) > 0 {
		s.Observer.Score("identify", s.Extractor.Format().Weights, candidates[0].Score.Value)
	}
	for i := range candidates {
		candidates[i].Galleries = q.by.own(candidates[i].Galleries)
	}
	return candidates, nil
}

// named are the candidates as the audit trail keeps them.
func named(candidates []models.Candidate) []map[string]any {
	all := make([]map[string]any, len(candidates))
	for i, c := range candidates {
		all[i] = map[string]any{"person": c.Person, "encounter": c.Encounter, "score": c.Score.Value}
	}
	return all
}

// searchAll joins the searches of several probes. Each search gives the best
// of its own; lowering keeps their order, so no better candidate is missed.
// Probes that are damaged in the store are passed over unless all are.
func (s *Service) searchAll(ctx context.Context, probes []models.Template, q search) ([]models.Candidate, error) {
	best := make(map[models.PersonID]models.Candidate)
	known := make(map[models.PersonID][]sighting)
	var damaged error
	sound := 0
	for _, probe := range probes {
		candidates, err := s.searchOne(ctx, probe, len(probes), q, known)
		if models.KindOf(err) == models.Integrity {
			damaged = err
			continue
		}
		if err != nil {
			return nil, err
		}
		sound++
		for _, c := range candidates {
			if old, seen := best[c.Person]; !seen || better(c.Score, old.Score) {
				best[c.Person] = c
			}
		}
	}
	if sound == 0 && damaged != nil {
		return nil, damaged
	}
	all := make([]models.Candidate, 0, len(best))
	for _, c := range best {
		all = append(all, c)
	}
	slices.SortFunc(all, matcher.ByRank)
	return all[:min(len(all), q.Max)], nil
}

// searchOne searches with one of several probes, and confirms the candidates. Where
// the records tell otherwise of somebody, the index takes over what has changed,
// and the search is made again. Who differs still is left out if he is nobody to
// be named, by the records; else there is no answer: [models.Unavailable].
func (s *Service) searchOne(ctx context.Context, probe models.Template, probes int, q search,
	known map[models.PersonID][]sighting) (candidates []models.Candidate, err error) {
	o, confirm := q.SearchOptions, s.confirm
	if len(q.filter.terms) > 0 {
		o.Max, confirm = models.MaxCandidates, s.sift
	}
	missed := false
	for range 3 {
		if candidates, err = s.searchIndex(ctx, probe, probes, o); err != nil {
			return nil, err
		}
		var differ []models.PersonID
		if candidates, differ, err = confirm(ctx, probe, candidates, q, known); err != nil || len(differ) == 0 {
			return candidates, err
		}
		s.step.amiss.Add(int64(len(differ)))
		if missed, err = s.mayBeNamed(probe, differ, q, known); err != nil {
			return nil, err
		}
		clear(known)
		if err := s.catchUp(ctx, differ); err != nil {
			return nil, err
		}
	}
	if missed {
		return nil, models.Errorf("identify", models.Unavailable, "the index can't take over who is being changed")
	}
	return candidates, nil
}

// mayBeNamed says if the records of one of these people hold what a search might
// name. A score of two templates alone is the highest that a search can give.
func (s *Service) mayBeNamed(probe models.Template, people []models.PersonID, q search, known map[models.PersonID][]sighting) (bool, error) {
	for _, person := range people {
		for _, e := range known[person] {
			if !e.fits || !searched(e.Entry, q.Gallery) {
				continue
			}
			score, ok, err := s.bestOf(probe, e.Templates)
			if err != nil || ok && score.Value >= q.Threshold {
				return ok, err
			}
		}
	}
	return false, nil
}

// searchIndex gives the candidates for one of several probes.
func (s *Service) searchIndex(ctx context.Context, probe models.Template, probes int, o models.SearchOptions) ([]models.Candidate, error) {
	searching, done := s.Observer.Stage(ctx, StageSearch)
	candidates, err := s.Index.Search(searching, probe, o)
	done(err)
	if err != nil {
		return nil, err
	}
	for i := range candidates {
		candidates[i].Score = candidates[i].Score.Less(probes)
	}
	return slices.DeleteFunc(candidates, func(c models.Candidate) bool { return c.Score.Value < o.Threshold }), nil
}

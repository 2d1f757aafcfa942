package api

import (
	"context"
	"math"
	"slices"

	"oblik/models"
)

// A search with a filter asks the index as if there were none, then reads the
// records of those it found: candidates above a threshold are few, since of
// unrelated people one in 100 searches names anybody at score 20, one in ten
// at 10. Every candidate costs one reading of a person's records, 0.05 ms in the
// embedded store and a round trip to a server's; there are at most 1000, and all
// of it comes out of the request's time for the stores.
//
// Nobody is missed who scores above the threshold with a fitting encounter, as
// long as the index finds no more than [models.MaxCandidates] people: those
// beyond, who score lowest, are not looked at. The index holds no attributes,
// so they need no memory and nothing biographic lies in it.
//
// An index lowers all scores of a search alike, for the number of templates it
// compared, and keeps that number. A candidate whose best encounter fits keeps
// the score. Of another encounter of the same person the score is the
// candidate's less what it falls short of the best in a 1:1 comparison: lowered
// by the same number then. It is the number without the filter, so the score
// promises less than it might.

// sift takes of the candidates of one probe those who have a fitting encounter,
// each with the best of these, and tells whom the index has otherwise than the
// records (confirm.go). known is what other probes have read already.
func (s *Service) sift(ctx context.Context, probe models.Template, found []models.Candidate, q search,
	known map[models.PersonID][]sighting) (all []models.Candidate, differ []models.PersonID, err error) {
	for _, c := range found {
		encounters, ok := known[c.Person]
		if !ok {
			if encounters, err = s.encounters(ctx, c.Person, q); err != nil {
				return nil, nil, err
			}
			known[c.Person] = encounters
		}
		stands, err := s.stands(probe, c, q.Gallery, encounters)
		if err != nil {
			return nil, nil, err
		}
		if !stands {
			differ = append(differ, c.Person)
			continue
		}
		c, ok, err := s.fitting(probe, c, encounters)
		if err != nil {
			return nil, nil, err
		}
		if ok && c.Score.Value >= q.Threshold {
			all = append(all, c)
		}
	}
	return all, differ, nil
}

// encounters reads those of a candidate; none of one erased meanwhile.
func (s *Service) encounters(ctx context.Context, person models.PersonID, q search) ([]sighting, error) {
	records, err := s.recordsOf(ctx, q.by, person)
	if models.KindOf(err) == models.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := make([]sighting, len(records))
	for i, r := range records {
		e := entryOf(r)
		all[i] = sighting{e, searched(e, q.Gallery) && q.filter.fits(r.Encounter)}
	}
	return all, nil
}

// fitting is the candidate with the best of the encounters that fit; not ok if
// none does, or if the one that was found is not there any more.
func (s *Service) fitting(probe models.Template, c models.Candidate, encounters []sighting) (models.Candidate, bool, error) {
	at := slices.IndexFunc(encounters, func(e sighting) bool { return e.Key.Encounter == c.Encounter })
	if at < 0 || encounters[at].fits {
		return c, at >= 0, nil
	}
	top, ok, err := s.bestOf(probe, encounters[at].Templates)
	if err != nil || !ok {
		return c, false, err
	}
	var best models.Score
	found := false
	for _, e := range encounters {
		if !e.fits {
			continue
		}
		score, ok, err := s.bestOf(probe, e.Templates)
		if err != nil {
			return c, false, err
		}
		if ok && (!found || better(score, best)) {
			best, found = score, true
			c.Encounter, c.Galleries = e.Key.Encounter, e.Galleries
		}
	}
	best.Value = math.Max(0, c.Score.Value-math.Max(0, top.Value-best.Value))
	c.Score = best
	return c, found, nil
}

// bestOf is the best 1:1 score; not ok if there is no sound template of the
// probe's weights.
func (s *Service) bestOf(probe models.Template, references []models.Template) (best models.Score, ok bool, err error) {
	for _, t := range references {
		if t.Format != probe.Format {
			continue
		}
		score, err := s.Comparer.Compare(probe, t)
		if models.KindOf(err) == models.Integrity {
			continue
		}
		if err != nil {
			return best, false, err
		}
		if !ok || better(score, best) {
			best, ok = score, true
		}
	}
	return best, ok, nil
}

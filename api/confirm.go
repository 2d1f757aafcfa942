package api

import (
	"context"
	"math"
	"slices"

	"oblik/models"
)

// The index is a copy, and may be a moment behind what another service has
// changed. So each candidate is confirmed against the records before it is named:
// it stands if its encounter is there, ACTIVE, in the gallery and the person's
// best, and scores what the index says. Else the index takes over that person's
// records and whatever else has been changed since, and the search is made again.
// Nobody is named who is not on record, and who was moved is found under the new
// person. The price: a question to the database a search that names anybody, and
// a comparison for each of their templates.

// closeEnough is how far two computations of one similarity may lie apart.
const closeEnough = 1e-6

// sighting is an encounter of a candidate.
type sighting struct {
	models.Entry
	fits bool // the filter; there may be none
}

// confirm divides the candidates of one probe into those who stand and those
// whom the index has otherwise than the records. known is what other probes have
// read already.
func (s *Service) confirm(ctx context.Context, probe models.Template, found []models.Candidate, q search,
	known map[models.PersonID][]sighting) (standing []models.Candidate, differ []models.PersonID, err error) {
	var unread []models.PersonID
	for _, c := range found {
		if _, ok := known[c.Person]; !ok {
			unread = append(unread, c.Person)
		}
	}
	if len(unread) > 0 {
		var entries []models.Entry
		err := s.ask(ctx, func(ctx context.Context) (err error) {
			entries, err = s.Changes.Entries(ctx, unread...)
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		for _, person := range unread {
			known[person] = nil
		}
		for _, e := range entries {
			known[e.Key.Person] = append(known[e.Key.Person], sighting{e, true})
		}
	}
	for _, c := range found {
		ok, err := s.stands(probe, c, q.Gallery, known[c.Person])
		if err != nil {
			return nil, nil, err
		}
		if ok {
			standing = append(standing, c)
		} else {
			differ = append(differ, c.Person)
		}
	}
	return standing, differ, nil
}

// stands says if a person's records tell the same of a candidate as the index.
func (s *Service) stands(probe models.Template, c models.Candidate, gallery models.GalleryID, records []sighting) (bool, error) {
	is, best := false, math.Inf(-1)
	for _, e := range records {
		if !searched(e.Entry, gallery) {
			continue
		}
		similarity, ok, err := s.similarity(probe, e.Entry)
		if err != nil {
			return false, err
		}
		if !ok {
			continue
		}
		best = max(best, similarity)
		if e.Key.Encounter == c.Encounter {
			is = math.Abs(similarity-c.Score.Similarity) <= closeEnough && sameGalleries(e.Galleries, c.Galleries)
		}
	}
	return is && best <= c.Score.Similarity+closeEnough, nil
}

// searched says if a search of a gallery looks at an entry.
func searched(e models.Entry, gallery models.GalleryID) bool {
	return e.Status == models.Active && (gallery == models.AllGalleries || slices.Contains(e.Galleries, gallery))
}

// sameGalleries compares sets.
func sameGalleries(a, b []models.GalleryID) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(g models.GalleryID) bool { return !slices.Contains(b, g) })
}

// similarity is an entry's best; not ok for one that an index does not hold.
func (s *Service) similarity(probe models.Template, e models.Entry) (best float64, ok bool, err error) {
	for _, t := range e.Templates {
		if t.Format != probe.Format {
			continue
		}
		score, err := s.Comparer.Compare(probe, t)
		if models.KindOf(err) == models.Integrity {
			return 0, false, nil
		}
		if err != nil {
			return 0, false, err
		}
		if !ok || score.Similarity > best {
			best, ok = score.Similarity, true
		}
	}
	return best, ok, nil
}

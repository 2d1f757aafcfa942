package api

import (
	"context"
	"errors"
	"slices"

	"oblik/models"
	"oblik/storage"
)

// IdentifyStored searches a gallery with what is on record under key, or with
// all of the person's encounters if key.Encounter is empty: whatever their
// status and gallery, as long as the client may know of them. So a desk can
// store an INACTIVE encounter, search with it, and activate it then. Of a person
// with very many photographs the newest [MaxSamples] are taken.
//
// The person is no candidate ([Policy].IncludeSelf). A record without a face
// names nobody. Errors: [models.NotFound] for a person or encounter that is
// unknown, erased or in none of the client's galleries, in the same words, and
// for a gallery as in [Service.Identify]; [models.Mismatch] if all templates on
// record were made by other weights, [models.Integrity] if all are damaged;
// those of [Service.CheckIdentify].
func (s *Service) IdentifyStored(ctx context.Context, by Caller, gallery models.GalleryID, key models.EncounterKey, o IdentifyOptions) (Identified, error) {
	ctx = s.allot(ctx)
	none := Identified{Candidates: []models.Candidate{}}
	q, err := s.search(by, gallery, o)
	for _, err := range []error{err, checkStored(key), s.Ready()} {
		if err != nil {
			return none, err
		}
	}
	if err := s.galleryExists(ctx, gallery); err != nil {
		return none, err
	}
	probes, err := s.storedProbes(ctx, by, key)
	if models.KindOf(err) == models.NotFound {
		err = errors.Join(err, s.audit(ctx, change{
			by: by, person: key.Person, encounter: key.Encounter, details: map[string]any{"gallery": gallery, "found": false},
		}))
	}
	if err != nil || len(probes) == 0 || !q.filter.face {
		return none, err
	}
	if !s.Policy.IncludeSelf {
		q.Exclude = key.Person
	}
	candidates, err := s.name(ctx, q, key, probes)
	if err != nil {
		return none, err
	}
	return Identified{Candidates: candidates}, nil
}

func checkStored(key models.EncounterKey) error {
	if key.Encounter == "" {
		return key.Person.Validate()
	}
	return key.Validate()
}

// storedProbes are the templates of the records under key, the newest first.
func (s *Service) storedProbes(ctx context.Context, by Caller, key models.EncounterKey) ([]models.Template, error) {
	records, err := s.recordsUnder(ctx, by, key)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(records, func(a, b storage.Record) int { return b.Encounter.Created.Compare(a.Encounter.Created) })
	entries := make([]models.Entry, len(records))
	for i, r := range records {
		entries[i] = entryOf(r)
	}
	references, err := s.usable(entries)
	if err != nil {
		return nil, err
	}
	all := make([]models.Template, 0, len(references))
	for _, r := range references {
		all = append(all, r.template)
	}
	return all[:min(len(all), MaxSamples)], nil
}

func (s *Service) recordsUnder(ctx context.Context, by Caller, key models.EncounterKey) ([]storage.Record, error) {
	if key.Encounter == "" {
		return s.recordsOf(ctx, by, key.Person)
	}
	r, err := s.record(ctx, by, key)
	return []storage.Record{r}, err
}

package api

import (
	"context"
	"errors"

	"oblik/models"
)

type reference struct {
	encounter models.EncounterID
	template  models.Template
}

// references reads what there is to compare with, and how many failures there
// were. Who asks about whom is in the trail also where the answer is no.
func (v verification) references(ctx context.Context) (all []reference, failures int, err error) {
	entries, err := v.entries(ctx)
	if err == nil {
		failures, err = v.lock(ctx, v.person)
	}
	if err == nil {
		all, err = v.usable(entries)
	}
	kind := models.KindOf(err)
	switch {
	case err == nil:
		return all, failures, nil
	case kind == models.NotFound, kind == models.Mismatch && !v.by.unlimited():
		err = unknown()
	case kind != models.Mismatch && kind != models.Delayed && kind != models.Locked:
		return nil, 0, err
	}
	return nil, 0, errors.Join(err, v.note(ctx, "", map[string]any{
		"gallery": v.gallery, "refused": kind.String(), "failures": failures, "found": kind != models.NotFound,
	}))
}

func (v verification) entries(ctx context.Context) (all []models.Entry, err error) {
	err = v.ask(ctx, func(ctx context.Context) (err error) {
		all, err = v.Encounters.Templates(ctx, v.person, v.gallery)
		return err
	})
	return all, err
}

func (v verification) note(ctx context.Context, encounter models.EncounterID, details map[string]any) error {
	return v.audit(ctx, change{by: v.by, person: v.person, encounter: encounter, details: details})
}

// usable leaves out templates of other weights; if no other is left, that is
// a fault of the deployment and must not look like "another person".
func (s *Service) usable(entries []models.Entry) ([]reference, error) {
	var all []reference
	others := 0
	for _, e := range entries {
		for _, t := range e.Templates {
			if t.Format != s.Extractor.Format() {
				others++
				continue
			}
			all = append(all, reference{e.Key.Encounter, t})
		}
	}
	if len(all) == 0 && others > 0 {
		s.Log.Warn("all references of a person were made by other weights")
		return nil, models.Errorf("verify", models.Mismatch, "all references were made by other weights")
	}
	return all, nil
}

// decide takes the best of all comparisons. A damaged reference is passed over,
// so that it costs the person no more than itself; if no other is left, that is
// [models.Integrity] and must not look like "another person".
func (s *Service) decide(ctx context.Context, probes []models.Template, references []reference, limit float64) (d Decision, err error) {
	_, done := s.Observer.Stage(ctx, StageCompare)
	defer func() { done(err) }()
	d = Decision{Threshold: limit}
	var damaged error
	for _, probe := range probes {
		for _, r := range references {
			score, err := s.Comparer.Compare(probe, r.template)
			if models.KindOf(err) == models.Integrity {
				damaged = err
				continue
			}
			if err != nil {
				return Decision{}, err
			}
			if d.Compared == 0 || better(score, d.Score) {
				d.Score, d.Encounter = score, r.encounter
			}
			d.Compared++
		}
	}
	if d.Compared == 0 {
		return d, damaged
	}
	d.Score = d.Score.Less(d.Compared)
	d.Match = d.Score.Value >= limit
	s.Observer.Score("verify", s.Extractor.Format().Weights, d.Score.Value)
	return d, nil
}

// better orders by similarity where the scale is at its end.
func better(a, b models.Score) bool {
	if a.Value != b.Value {
		return a.Value > b.Value
	}
	return a.Similarity > b.Similarity
}

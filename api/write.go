package api

import (
	"context"
	"time"

	"oblik/models"
	"oblik/storage"
)

// writing is in what an enrolment and an update differ.
type writing struct {
	look  func(context.Context) error // tells before the costly part what rows would refuse; rows decides
	rows  func(context.Context, storage.Act, storage.Record) error
	index func(storage.Record) error
	undo  func() error // see [change]
}

// write stores e: everything is checked and every template made before the act
// begins.
func (s *Service) write(ctx context.Context, by Caller, e models.Encounter, w writing) (Enrolled, error) {
	ctx = withPlace(s.allot(ctx), rankEnroll, by)
	if err := s.CheckEncounter(by, e); err != nil {
		return Enrolled{}, err
	}
	if err := s.readyToStore(); err != nil {
		return Enrolled{}, err
	}
	if err := s.certain(ctx, by, e.Key.Person); err != nil {
		return Enrolled{}, err
	}
	if earlier, err := s.earlier(ctx, by); err != nil || earlier != nil {
		return enrolledBefore(earlier, err)
	}
	if by.Once == nil { // a refusal of one that has a claim is kept with it, so rows has to say it
		if err := w.look(ctx); err != nil {
			return Enrolled{}, err
		}
	}
	samples, err := s.complete(ctx, e.Samples)
	if err != nil {
		return Enrolled{}, err
	}
	stored, quality, err := s.describe(ctx, samples)
	if err != nil {
		return Enrolled{}, err
	}
	e.Samples = samples
	return s.store(ctx, by, e, stored, Enrolled{Key: e.Key, Quality: quality}, w)
}

// store is the change itself.
func (s *Service) store(ctx context.Context, by Caller, e models.Encounter, stored []storage.StoredSample, done Enrolled, w writing) (Enrolled, error) {
	images := uploads(e.Samples, stored)
	e.Samples = nil
	e.Created = time.Now().UTC()
	e.Updated = e.Created
	r := storage.Record{Encounter: e, Samples: stored}
	earlier, err := s.perform(ctx, change{
		by: by, person: e.Key.Person, encounter: e.Key.Encounter, images: images,
		details: map[string]any{"galleries": e.Galleries, "weights": s.Extractor.Format().Weights, "images": len(images)},
		outcome: outcome{Enrolled: &done},
		rows:    func(ctx context.Context, a storage.Act) error { return w.rows(ctx, a, r) },
		index:   func() error { return w.index(r) },
		undo:    w.undo,
		keys:    func() []models.EncounterKey { return []models.EncounterKey{e.Key} },
	})
	if err != nil || earlier != nil {
		return enrolledBefore(earlier, err)
	}
	return done, nil
}

// enrolledBefore is the outcome of the first of several equal requests.
func enrolledBefore(o *outcome, err error) (Enrolled, error) {
	if err == nil && o.Enrolled == nil {
		err = models.Errorf("enroll", models.Integrity, "the stored outcome is of another operation")
	}
	if err != nil {
		return Enrolled{}, err
	}
	return *o.Enrolled, nil
}

// earlier looks for the outcome of the same request, sent before.
func (s *Service) earlier(ctx context.Context, by Caller) (*outcome, error) {
	if by.Once == nil {
		return nil, nil //nolint:nilnil // none is no error
	}
	var text []byte
	err := s.ask(ctx, func(ctx context.Context) (err error) {
		text, err = s.Acts.Outcome(ctx, *by.claim())
		return err
	})
	return readOutcome(text, err)
}

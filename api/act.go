package api

import (
	"context"
	"encoding/json"
	"time"

	"oblik/models"
	"oblik/storage"
)

const (
	// actLease is what a change has from its beginning to its commit. It is
	// given up then, whoever else would still wait for it; what it stored is
	// deleted within tidyEvery more.
	actLease = 15 * time.Second
	// arbiterTime is what finding out what became of a change may add to
	// [Parts].StoreTime.
	arbiterTime = 400 * time.Millisecond
)

// change is an act of the service: rows, and what follows from them in the index.
type change struct {
	by        Caller
	person    models.PersonID
	encounter models.EncounterID // empty for all of the person's
	details   any                // for the audit trail; nil for nothing
	outcome   outcome            // for whoever asks again

	images []upload
	rows   func(context.Context, storage.Act) error
	index  func() error
	keys   func() []models.EncounterKey // what index is about, once rows has run
}

// upload is an image to store; Put fills in the rest of ref.
type upload struct {
	ref  *models.ImageRef
	data []byte
}

// perform makes a change, alone among those of its person, or returns the
// outcome an earlier one of the same claim had. Once it has begun the client's
// deadline no longer ends it: a commit cut off half-way has an unknown outcome,
// which costs more than waiting. The error is [models.Uncertain] if that
// happens all the same.
func (s *Service) perform(ctx context.Context, c change) (*outcome, error) {
	return s.act(ctx, c, func(ctx context.Context, f func() error) error { return s.alone(ctx, c.person, f) })
}

// performAlone is perform for whoever is alone already.
func (s *Service) performAlone(ctx context.Context, c change) (*outcome, error) {
	return s.act(ctx, c, func(_ context.Context, f func() error) error { return f() })
}

func (s *Service) act(ctx context.Context, c change, alone func(context.Context, func() error) error) (*outcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, models.Errorf("api", models.Deadline, "before the change began: %w", err)
	}
	if err := s.doubts.room(); err != nil {
		return nil, err
	}
	a, err := c.act()
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.brief(context.WithoutCancel(ctx))
	defer cancel()
	earlier, err := s.Acts.Begin(ctx, a, c.imageKeys(), actLease)
	if models.KindOf(err) == models.Uncertain { // it has no rows yet
		s.abandon(a)
		err = unchanged(err)
	}
	if err != nil || len(earlier) > 0 {
		return readOutcome(earlier, err)
	}
	begun := false // the rows
	err = s.putImages(ctx, c.images)
	if err != nil {
		s.late.add(c.imageKeys())
	}
	if err == nil {
		err = alone(ctx, func() error {
			begun = true
			return s.commit(ctx, a, c)
		})
	}
	if !begun {
		s.abandon(a)
	}
	return nil, err
}

func (c change) imageKeys() []string {
	keys := make([]string, len(c.images))
	for i, u := range c.images {
		keys[i] = u.ref.Key
	}
	return keys
}

func (c change) act() (storage.Act, error) {
	a := storage.Act{
		ID: storage.NewKey(), Client: c.by.Client, Operation: c.by.Operation, Transaction: c.by.Transaction,
		Person: c.person, Encounter: c.encounter, Claim: c.by.claim(),
	}
	var err error
	if c.details != nil {
		a.Details, err = json.Marshal(c.details)
	}
	if err == nil && a.Claim != nil {
		a.Outcome, err = json.Marshal(c.outcome)
	}
	if err != nil {
		return a, models.Errorf("api", models.Internal, "%w", err)
	}
	return a, nil
}

func (s *Service) putImages(ctx context.Context, images []upload) error {
	for _, u := range images {
		ref, err := s.Images.Put(ctx, u.ref.Key, u.data)
		if err != nil {
			return err
		}
		u.ref.Length, u.ref.SHA256 = ref.Length, ref.SHA256
	}
	return nil
}

// commit writes the rows, then the index. After an error it asks what became of
// the act.
func (s *Service) commit(ctx context.Context, a storage.Act, c change) error {
	cause := c.rows(ctx, a)
	if cause == nil {
		return c.index()
	}
	a.Outcome = refusal(a, cause)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), arbiterTime)
	defer cancel()
	committed, err := s.Acts.Abandon(ctx, a)
	defer s.tidyUp()
	switch {
	case err == nil && committed:
		return c.index()
	case err == nil && models.KindOf(cause) == models.Uncertain:
		return unchanged(cause)
	case err == nil, decided(cause):
		return cause
	}
	s.doubts.add(doubt{a, c.keys()})
	return models.Errorf("api", models.Uncertain, "%w", cause)
}

// unchanged is the error of a change that is known not to have been made.
func unchanged(cause error) error {
	return models.Errorf("api", models.Unavailable, "nothing was changed: %w", cause)
}

// decided is true for an error that says that nothing was changed. Unavailable
// should, but a store that is away is asked once more before it is believed.
func decided(err error) bool {
	switch models.KindOf(err) {
	case models.Uncertain, models.Unavailable, models.Deadline, models.Internal:
		return false
	}
	return true
}

// abandon gives up an act that has not come to its rows. Where the store can't
// be told it runs out by itself.
func (s *Service) abandon(a storage.Act) {
	a.Outcome = nil
	ctx, cancel := context.WithTimeout(context.Background(), arbiterTime)
	defer cancel()
	if _, err := s.Acts.Abandon(ctx, a); err != nil {
		s.Log.Warn("a change that failed is left to run out", "error", err)
	}
	s.tidyUp()
}

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
	other     models.PersonID    // whose records change too; empty for nobody
	encounter models.EncounterID // empty for all of the person's
	details   any                // for the audit trail; nil for nothing
	outcome   outcome            // for whoever asks again

	images []upload
	rows   func(context.Context, storage.Act) error
	index  func() error
	undo   func() error                 // takes back what the index does not; nil where it stays on record
	keys   func() []models.EncounterKey // what index is about, once rows has run
}

// upload is an image to store; Put fills in the rest of ref.
type upload struct {
	ref  *models.ImageRef
	data []byte
}

// act is a change from its beginning to its end; alone runs its rows.
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
	var earlier []byte
	err = s.observed(ctx, StageRecords, func(ctx context.Context) (err error) {
		earlier, err = s.Acts.Begin(ctx, a, c.imageKeys(), actLease)
		return err
	})
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
			if err := s.wanted(ctx, c.by); err != nil {
				return err
			}
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
		err := s.observed(ctx, StageImages, func(ctx context.Context) error {
			ref, err := s.Images.Put(ctx, u.ref.Key, u.data)
			u.ref.Length, u.ref.SHA256 = ref.Length, ref.SHA256
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

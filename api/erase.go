package api

import (
	"context"
	"errors"
	"time"

	"oblik/models"
	"oblik/storage"
)

// Erase removes an encounter, and its person with the last one. When it
// returns, the rows are gone and the index has forgotten. The image is
// deleted then too, or, if its store fails now, later by [Service.Tend]: the
// erasure has succeeded all the same. [models.NotFound] if there is none, also
// the second time; [models.Uncertain] if it is not known whether the rows are gone.
func (s *Service) Erase(ctx context.Context, by Caller, key models.EncounterKey) error {
	if err := key.Validate(); err != nil {
		return err
	}
	return s.erase(ctx, change{
		by: by, person: key.Person, encounter: key.Encounter,
		rows:  func(ctx context.Context, a storage.Act) error { return s.Encounters.Delete(ctx, a, key) },
		index: func() error { return s.Index.Remove(key) },
		keys:  func() []models.EncounterKey { return []models.EncounterKey{key} },
	})
}

// ErasePerson removes all of a person's encounters; else as [Service.Erase].
func (s *Service) ErasePerson(ctx context.Context, by Caller, person models.PersonID) error {
	if err := person.Validate(); err != nil {
		return err
	}
	var keys []models.EncounterKey
	return s.erase(ctx, change{
		by: by, person: person,
		rows: func(ctx context.Context, a storage.Act) error {
			records, err := s.Encounters.ReadAll(ctx, person)
			if err != nil {
				return err
			}
			for _, r := range records {
				keys = append(keys, r.Encounter.Key)
			}
			return s.Encounters.DeletePerson(ctx, a, person)
		},
		index: func() error { return s.Index.Remove(keys...) },
		keys:  func() []models.EncounterKey { return keys },
	})
}

// drainTime is what an erasure waits for the image store: where that is slow,
// the images go a moment later.
const drainTime = 500 * time.Millisecond

func (s *Service) erase(ctx context.Context, c change) error {
	ctx = s.allot(ctx)
	if err := s.Ready(); err != nil {
		return err
	}
	if err := s.certain(ctx, c.by, c.person); err != nil {
		return err
	}
	if earlier, err := s.earlier(ctx, c.by); err != nil {
		return err
	} else if earlier != nil { // it may be at its index still, or have come into doubt just now
		return errors.Join(s.alone(ctx, c.person, func() error { return nil }), s.certain(ctx, c.by, c.person))
	}
	if earlier, err := s.perform(ctx, c); err != nil || earlier != nil {
		return err
	}
	if s.Impaired() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if _, err := s.DrainOutbox(ctx); err != nil {
		s.Log.Warn("the rows are erased, an image waits in the outbox", "error", err)
		s.tidyUp()
	}
	return nil
}

// DrainOutbox deletes the images whose rows are gone and returns how many. It
// may run beside anything, itself included: deleting twice is no error. It
// stops at a batch of which none could be deleted, with the first error.
func (s *Service) DrainOutbox(ctx context.Context) (int, error) {
	const batch, most = 256, 16 // failures in a batch: one image that can't be deleted must not keep the others
	deleted := 0
	for {
		keys, err := s.Outbox.Pending(ctx, batch)
		if err != nil {
			return deleted, err
		}
		if keys = s.late.without(keys); len(keys) == 0 {
			return deleted, nil
		}
		before, failures := deleted, 0
		var first error
		for _, key := range keys {
			if err := s.drop(ctx, key); err != nil {
				if first == nil {
					first = err
				}
				if failures++; failures == most && models.KindOf(err) == models.Unavailable || s.Impaired() != nil || ctx.Err() != nil {
					return deleted, err // the next would fare no better
				}
				continue
			}
			deleted++
		}
		if deleted == before {
			return deleted, first
		}
	}
}

func (s *Service) drop(ctx context.Context, key string) error {
	if err := s.deleteImage(ctx, key); err != nil {
		return err
	}
	ctx, cancel := s.brief(ctx)
	defer cancel()
	return s.Outbox.Done(ctx, key)
}

func (s *Service) deleteImage(ctx context.Context, key string) error {
	ctx, cancel := s.brief(ctx)
	defer cancel()
	return s.Images.Delete(ctx, key)
}

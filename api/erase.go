package api

import (
	"context"

	"oblik/models"
)

// Erase removes an encounter, and its person with the last one. When it
// returns, the rows are gone and the index has forgotten. The image is
// deleted then too, or, if its store fails now, by a later
// [Service.DrainOutbox]: the erasure has succeeded all the same.
// [models.NotFound] if there is none, also the second time.
func (s *Service) Erase(ctx context.Context, key models.EncounterKey) error {
	if err := key.Validate(); err != nil {
		return err
	}
	return s.erase(ctx, key.Person, func(ctx context.Context) ([]models.EncounterKey, error) {
		keys := []models.EncounterKey{key}
		return keys, s.settle(ctx, keys, s.Encounters.Delete(ctx, key))
	})
}

// ErasePerson removes all of a person's encounters; else as [Service.Erase].
func (s *Service) ErasePerson(ctx context.Context, person models.PersonID) error {
	if err := person.Validate(); err != nil {
		return err
	}
	return s.erase(ctx, person, func(ctx context.Context) ([]models.EncounterKey, error) {
		records, err := s.Encounters.ReadAll(ctx, person)
		if err != nil {
			return nil, err
		}
		keys := make([]models.EncounterKey, len(records))
		for i, r := range records {
			keys[i] = r.Encounter.Key
		}
		return keys, s.settle(ctx, keys, s.Encounters.DeletePerson(ctx, person))
	})
}

func (s *Service) erase(ctx context.Context, person models.PersonID,
	rows func(context.Context) ([]models.EncounterKey, error)) error {
	err := s.change(ctx, person, func(ctx context.Context) error {
		keys, err := rows(ctx)
		if err != nil {
			return err
		}
		return s.Index.Remove(keys...)
	})
	if err != nil {
		return err
	}
	if _, err := s.DrainOutbox(ctx); err != nil {
		s.Log.Error("the rows are erased, an image waits in the outbox", "error", err)
	}
	return nil
}

// settle finds out what a failed deletion did: a failed commit says "unknown",
// not "nothing was removed". The error is gone if all rows are. If it can't
// look, the index keeps what the store may still hold.
func (s *Service) settle(ctx context.Context, keys []models.EncounterKey, err error) error {
	if err == nil || models.KindOf(err) == models.NotFound {
		return err
	}
	fresh, cancel := settled(ctx)
	defer cancel()
	for _, key := range keys {
		if _, readErr := s.Encounters.Read(fresh, key); models.KindOf(readErr) != models.NotFound {
			return err // deletion is one transaction: all rows are gone, or none is
		}
	}
	return nil
}

// DrainOutbox deletes the images whose rows are gone and returns how many. It
// may run beside anything, itself included: deleting twice is no error. It
// stops at a batch of which none could be deleted, with the first error.
func (s *Service) DrainOutbox(ctx context.Context) (int, error) {
	const batch = 256
	deleted := 0
	for {
		keys, err := s.Outbox.Pending(ctx, batch)
		if err != nil || len(keys) == 0 {
			return deleted, err
		}
		before := deleted
		var first error
		for _, key := range keys {
			if err := s.drop(ctx, key); err != nil {
				if first == nil {
					first = err
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
	if err := s.Images.Delete(ctx, key); err != nil {
		return err
	}
	return s.Outbox.Done(ctx, key)
}

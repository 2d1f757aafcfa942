package api

import (
	"context"
	"time"

	"oblik/models"
	"oblik/storage"
)

// Erase removes an encounter, and its person with the last one. When it
// returns, the rows are gone and the index has forgotten. The image is
// deleted then too, or, if its store fails now, later by [Service.Tend]: the
// erasure has succeeded all the same. [models.NotFound] if there is none, also
// the second time; [models.Forbidden] if it is not the client's to erase;
// [models.Uncertain] if it is not known whether the rows are gone.
func (s *Service) Erase(ctx context.Context, by Caller, key models.EncounterKey) error {
	if err := key.Validate(); err != nil {
		return err
	}
	return s.erase(ctx, change{
		by: by, person: key.Person, encounter: key.Encounter,
		rows: func(ctx context.Context, a storage.Act) error {
			if !by.unlimited() { // else a record that can't be read can be erased, too
				if _, err := s.changeable(ctx, by, key.Person, key.Encounter); err != nil {
					return err
				}
			}
			return s.Encounters.Delete(ctx, a, key)
		},
		index: func() error { return s.Index.Remove(key) },
		keys:  func() []models.EncounterKey { return []models.EncounterKey{key} },
	})
}

// ErasePerson removes all of a person's encounters; else as [Service.Erase].
func (s *Service) ErasePerson(ctx context.Context, by Caller, person models.PersonID) error {
	if err := person.Validate(); err != nil {
		return err
	}
	var erased []storage.Record
	return s.erase(ctx, change{
		by: by, person: person,
		rows: func(ctx context.Context, a storage.Act) (err error) {
			if erased, err = s.changeable(ctx, by, person, ""); err != nil {
				return err
			}
			return s.Encounters.DeletePerson(ctx, a, person)
		},
		index: func() error { return s.Index.Replace(person) },
		keys:  func() []models.EncounterKey { return keysOf(erased) },
	})
}

// drainTime is what an erasure waits for the image store: where that is slow,
// the images go a moment later.
const drainTime = 500 * time.Millisecond

func (s *Service) erase(ctx context.Context, c change) error {
	if err := s.apply(ctx, c); err != nil {
		return err
	}
	s.drain(ctx)
	return nil
}

// drain deletes the images of a change that has been made, as far as that is
// quick; the rest waits in the outbox.
func (s *Service) drain(ctx context.Context) {
	if s.Impaired() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if _, err := s.DrainOutbox(ctx); err != nil {
		s.Log.Warn("the rows are changed, an image waits in the outbox", "error", err)
		s.tidyUp()
	}
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
	return s.ask(ctx, func(ctx context.Context) error { return s.Outbox.Done(ctx, key) })
}

func (s *Service) deleteImage(ctx context.Context, key string) error {
	ctx, cancel := s.brief(ctx)
	defer cancel()
	return s.observed(ctx, StageImages, func(ctx context.Context) error { return s.Images.Delete(ctx, key) })
}

package api

import (
	"context"

	"oblik/models"
	"oblik/storage"
)

// Merge gives all of source's encounters, under their ids, to target; source is
// unknown then. It is made whole or not at all. In the index the new keys come
// before the old ones go: a search at that very moment may find a photograph
// under both people, but never under none.
//
// Errors: [models.NotFound] if either is unknown; [models.Conflict] if both
// have an encounter of one id, so also for a person and itself; and as
// [Service.Erase].
func (s *Service) Merge(ctx context.Context, by Caller, target, source models.PersonID) error {
	return s.give(ctx, by, target, source, "", func(ctx context.Context, a storage.Act) error {
		return s.Mover.Merge(ctx, a, target, source)
	})
}

// Move gives one of source's encounters to target; source is unknown after its
// last. Else as [Service.Merge].
func (s *Service) Move(ctx context.Context, by Caller, target, source models.PersonID, encounter models.EncounterID) error {
	if err := encounter.Validate(); err != nil {
		return err
	}
	return s.give(ctx, by, target, source, encounter, func(ctx context.Context, a storage.Act) error {
		return s.Mover.Move(ctx, a, target, source, encounter)
	})
}

// give is both; an empty encounter stands for all. A client that is limited to
// some galleries may do it if all that is given and all that target has is its
// own. Source is decided on first: whether it is unknown or invisible is one
// answer, whatever target is.
func (s *Service) give(ctx context.Context, by Caller, target, source models.PersonID, encounter models.EncounterID,
	rows func(context.Context, storage.Act) error) error {
	for _, person := range []models.PersonID{target, source} {
		if err := person.Validate(); err != nil {
			return err
		}
	}
	var given []storage.Record // under their old keys
	return s.apply(ctx, change{
		by: by, person: target, other: source, encounter: encounter, details: map[string]any{"source": source},
		rows: func(ctx context.Context, a storage.Act) (err error) {
			if given, err = s.changeable(ctx, by, source, encounter); err != nil {
				return err
			}
			if _, err = s.changeable(ctx, by, target, ""); err != nil {
				return err
			}
			return rows(ctx, a)
		},
		index: func() error { return s.rekey(given, target) },
		keys: func() (keys []models.EncounterKey) {
			for _, r := range given {
				e := r.Encounter.Key.Encounter
				keys = append(keys, models.EncounterKey{Person: source, Encounter: e}, models.EncounterKey{Person: target, Encounter: e})
			}
			return keys
		},
	})
}

// rekey makes the index hold records under another person.
func (s *Service) rekey(given []storage.Record, target models.PersonID) error {
	for _, r := range given {
		e := entryOf(r)
		e.Key.Person = target
		if err := s.place(e); err != nil {
			return err
		}
	}
	return s.Index.Remove(keysOf(given)...)
}

func keysOf(records []storage.Record) []models.EncounterKey {
	keys := make([]models.EncounterKey, len(records))
	for i, r := range records {
		keys[i] = r.Encounter.Key
	}
	return keys
}

// changeable reads a person's records, or the one of an id, and checks that
// the client may change them.
func (s *Service) changeable(ctx context.Context, by Caller, person models.PersonID, encounter models.EncounterID) ([]storage.Record, error) {
	var records []storage.Record
	var err error
	if encounter == "" {
		records, err = s.Encounters.ReadAll(ctx, person)
	} else {
		records = make([]storage.Record, 1)
		records[0], err = s.Encounters.Read(ctx, models.EncounterKey{Person: person, Encounter: encounter})
	}
	if err == nil {
		err = by.change(records...)
	}
	if err != nil {
		return nil, known(err)
	}
	return records, nil
}

// aloneBoth is alone for two people. Their locks are taken in one order
// wherever, or as one where they share it: two opposite merges can't wait for
// each other.
func (s *Service) aloneBoth(ctx context.Context, a, b models.PersonID, f func() error) error {
	i, j := stripe(a), stripe(b)
	if i == j {
		return s.alone(ctx, a, f)
	}
	if i > j {
		a, b = b, a
	}
	return s.alone(ctx, a, func() error { return s.alone(ctx, b, f) })
}

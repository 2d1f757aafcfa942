package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// Read implements [storage.Encounters].
func (s *Store) Read(ctx context.Context, key models.EncounterKey) (r storage.Record, err error) {
	const op = "storage/postgres.Read"
	// An enrolment asks for what is not there: one round trip, not three.
	if there, err := s.isThere(ctx, key); err != nil {
		return r, translate(ctx, op, err)
	} else if !there {
		return r, models.Errorf(op, models.NotFound, "no such encounter")
	}
	err = s.view(ctx, op, func(tx pgx.Tx) error {
		found, err := records(ctx, tx, key.Person, &key.Encounter)
		if err == nil && len(found) == 0 {
			err = models.Errorf(op, models.NotFound, "no such encounter")
		}
		if err == nil {
			r = found[0].value
		}
		return err
	})
	return r, err
}

func (s *Store) isThere(ctx context.Context, key models.EncounterKey) (there bool, err error) {
	err = s.ask(func() error {
		return s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM persons p JOIN encounters e ON e.person = p.id
			WHERE p.person = $1 AND e.encounter = $2)`, key.Person, key.Encounter).Scan(&there)
	})
	return there, err
}

// ReadAll implements [storage.Encounters].
func (s *Store) ReadAll(ctx context.Context, person models.PersonID) (all []storage.Record, err error) {
	const op = "storage/postgres.ReadAll"
	err = s.view(ctx, op, func(tx pgx.Tx) error {
		found, err := records(ctx, tx, person, nil)
		if err == nil && len(found) == 0 {
			err = models.Errorf(op, models.NotFound, "no such person")
		}
		for _, r := range found {
			all = append(all, r.value)
		}
		return err
	})
	return all, err
}

package local

import (
	"context"
	"database/sql"
	"errors"

	"oblik/models"
	"oblik/storage"
)

// Merge implements [storage.Mover].
func (s *Store) Merge(ctx context.Context, a storage.Act, target, source models.PersonID) error {
	return s.give(ctx, "storage/local.Merge", a, target, source, nil)
}

// Move implements [storage.Mover].
func (s *Store) Move(ctx context.Context, a storage.Act, target, source models.PersonID, encounter models.EncounterID) error {
	return s.give(ctx, "storage/local.Move", a, target, source, &encounter)
}

// give makes one of source's encounters target's, or with nil all of them.
func (s *Store) give(ctx context.Context, op string, a storage.Act, target, source models.PersonID, only *models.EncounterID) error {
	return s.changeAndWipe(ctx, op, a, func(tx *sql.Tx, _ *intended) error {
		to, err := personRow(ctx, tx, op, target)
		if err != nil {
			return err
		}
		from, err := personRow(ctx, tx, op, source)
		if err != nil {
			return err
		}
		// An id that target has too is refused by the table: a Conflict.
		n, err := affected(tx.ExecContext(ctx,
			"UPDATE encounters SET person = ?1 WHERE person = ?2 AND (?3 IS NULL OR encounter = ?3)", to, from, only))
		if err != nil {
			return err
		}
		if n == 0 {
			return models.Errorf(op, models.NotFound, "no such encounter")
		}
		if to == from {
			return models.Errorf(op, models.Conflict, "the two are one person")
		}
		if err := giveAttempts(ctx, tx, to, from); err != nil {
			return err
		}
		if err := forgetPerson(ctx, tx, from); err != nil {
			return err
		}
		return giveTasks(ctx, tx, target, source, only)
	})
}

// personRow is the row id of a person on record.
func personRow(ctx context.Context, tx *sql.Tx, op string, person models.PersonID) (id int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT id FROM persons WHERE person = ?", person).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = models.Errorf(op, models.NotFound, "no such person")
	}
	return id, err
}

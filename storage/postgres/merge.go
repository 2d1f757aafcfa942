package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// Merge implements [storage.Mover].
func (s *Store) Merge(ctx context.Context, a storage.Act, target, source models.PersonID) error {
	return s.give(ctx, "storage/postgres.Merge", a, target, source, nil)
}

// give makes one of source's encounters target's, or with nil all of them.
func (s *Store) give(ctx context.Context, op string, a storage.Act, target, source models.PersonID, only *models.EncounterID) error {
	return s.change(ctx, op, a, func(tx pgx.Tx) error {
		ids, err := lockPersons(ctx, tx, target, source)
		if err != nil {
			return err
		}
		from, to := ids[source], ids[target]
		if from == 0 || to == 0 {
			return models.Errorf(op, models.NotFound, "no such person")
		}
		// An id that target has already breaks the table's constraint: Conflict.
		// To one's own id it does not.
		tag, err := tx.Exec(ctx, "UPDATE encounters SET person = $2 WHERE person = $1 AND ($3::text IS NULL OR encounter = $3)",
			from, to, only)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return models.Errorf(op, models.NotFound, "no such encounter")
		}
		if from == to {
			return models.Errorf(op, models.Conflict, "both are one person")
		}
		if err := giveAttempts(ctx, tx, to, from); err != nil {
			return err
		}
		if err := deleteEmpty(ctx, tx, from); err != nil {
			return err
		}
		return giveTasks(ctx, tx, target, source, only)
	}, target, source)
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// Delete implements [storage.Encounters].
func (s *Store) Delete(ctx context.Context, a storage.Act, key models.EncounterKey) error {
	return s.erase(ctx, "storage/postgres.Delete", a, key.Person, &key.Encounter)
}

// DeletePerson implements [storage.Encounters].
func (s *Store) DeletePerson(ctx context.Context, a storage.Act, person models.PersonID) error {
	return s.erase(ctx, "storage/postgres.DeletePerson", a, person, nil)
}

// erase removes one of a person's encounters, or with nil all of them, and the
// person with the last; the tasks that hold data of them are wiped.
func (s *Store) erase(ctx context.Context, op string, a storage.Act, person models.PersonID, only *models.EncounterID) error {
	return s.change(ctx, op, a, func(tx pgx.Tx) error {
		id, err := lockPerson(ctx, tx, op, person)
		if err != nil {
			return err
		}
		ids, err := column[int64](ctx, tx,
			"SELECT id FROM encounters WHERE person = $1 AND ($2::text IS NULL OR encounter = $2) ORDER BY encounter", id, only)
		if err == nil && len(ids) == 0 {
			err = models.Errorf(op, models.NotFound, "no such encounter")
		}
		if err != nil {
			return err
		}
		var b pgx.Batch
		for _, encounter := range ids {
			b.Queue(queueImages+ofEncounter, encounter, []string{})
			b.Queue("DELETE FROM encounters WHERE id = $1", encounter) // and its galleries, samples and templates
		}
		if err := tx.SendBatch(ctx, &b).Close(); err != nil {
			return err
		}
		if err := deleteEmpty(ctx, tx, id); err != nil {
			return err
		}
		return wipeTasks(ctx, tx, person, only)
	}, person)
}

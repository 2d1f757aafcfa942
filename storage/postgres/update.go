package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// Update implements [storage.Encounters]. An error of change is returned as it
// is; a record that [Store.Create] would refuse is [models.Invalid].
func (s *Store) Update(ctx context.Context, a storage.Act, key models.EncounterKey, change func(*storage.Record) error) error {
	const op = "storage/postgres.Update"
	return s.change(ctx, op, a, func(tx pgx.Tx) error {
		if _, err := lockPerson(ctx, tx, op, key.Person); err != nil {
			return err
		}
		found, err := records(ctx, tx, key.Person, &key.Encounter)
		if err == nil && len(found) == 0 {
			err = models.Errorf(op, models.NotFound, "no such encounter")
		}
		if err != nil {
			return err
		}
		r := found[0].value
		if err := stop(change(&r)); err != nil {
			return err
		}
		if r.Encounter.Key != key {
			return models.Errorf(op, models.Invalid, "an update may not change the ids")
		}
		if err := r.Check(op); err != nil {
			return err
		}
		return replace(ctx, tx, op, a.ID, found[0].id, r)
	}, key.Person)
}

// replace writes r over an encounter's rows.
func replace(ctx context.Context, tx pgx.Tx, op, act string, id int64, r storage.Record) error {
	e := r.Encounter
	var b pgx.Batch
	b.Queue(queueImages+ofEncounter, id, r.ImageKeys())
	b.Queue("DELETE FROM samples WHERE encounter = $1", id)
	b.Queue("DELETE FROM encounter_galleries WHERE encounter = $1", id)
	b.Queue(`UPDATE encounters SET status = $2, created = $3, updated = $4, type = $5,
			client_data = $6, contextual = $7, biographic = $8, protection = $9 WHERE id = $1`,
		id, e.Status, e.Created, e.Updated, e.Type, e.ClientData, e.Contextual, e.Biographic, e.Protection)
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return err
	}
	return insertParts(ctx, tx, op, act, id, r)
}

package local

import (
	"context"
	"database/sql"

	"oblik/models"
	"oblik/storage"
)

// Update implements [storage.Encounters]. change runs once, while nothing else
// can be written; it must not use the store.
func (s *Store) Update(ctx context.Context, a storage.Act, key models.EncounterKey, change func(*storage.Record) error) error {
	const op = "storage/local.Update"
	return s.changeAndWipe(ctx, op, a, func(tx *sql.Tx, own *intended) error {
		ids, found, err := records(ctx, tx, key.Person, "AND e.encounter = ?", key.Encounter)
		if err == nil && len(found) == 0 {
			err = models.Errorf(op, models.NotFound, "no such encounter")
		}
		if err != nil {
			return err
		}
		r := found[0]
		had := intended{r.ImageKeys()} // of which the record may keep some
		if err := change(&r); err != nil {
			return stop(err)
		}
		if r.Encounter.Key != key {
			return models.Errorf(op, models.Invalid, "an update can't change the key")
		}
		if err := r.Check(op); err != nil {
			return err
		}
		for _, image := range r.ImageKeys() {
			if had.take(op, image) == nil {
				continue
			}
			if err := own.take(op, image); err != nil {
				return err
			}
		}
		if err := replace(ctx, tx, ids[0], r); err != nil {
			return err
		}
		return queue(ctx, tx, had.keys)
	})
}

// replace writes a record in the place of the one with this row id.
func replace(ctx context.Context, tx *sql.Tx, id int64, r storage.Record) error {
	for _, statement := range []string{
		"DELETE FROM samples WHERE encounter = ?", "DELETE FROM encounter_galleries WHERE encounter = ?",
	} {
		if _, err := tx.ExecContext(ctx, statement, id); err != nil {
			return err
		}
	}
	e := r.Encounter
	if _, err := tx.ExecContext(ctx, `
		UPDATE encounters SET status = ?, created = ?, updated = ?, type = ?,
			client_data = ?, contextual = ?, biographic = ?, protection = ? WHERE id = ?`,
		e.Status, micros(e.Created), micros(e.Updated), e.Type,
		e.ClientData, e.Contextual, e.Biographic, e.Protection, id); err != nil {
		return err
	}
	return insertParts(ctx, tx, id, r)
}

package local

import (
	"context"
	"database/sql"

	"oblik/models"
	"oblik/storage"
)

// Delete implements [storage.Encounters].
func (s *Store) Delete(ctx context.Context, a storage.Act, key models.EncounterKey) error {
	return s.erase(ctx, "storage/local.Delete", a, key.Person, &key.Encounter)
}

// DeletePerson implements [storage.Encounters].
func (s *Store) DeletePerson(ctx context.Context, a storage.Act, person models.PersonID) error {
	return s.erase(ctx, "storage/local.DeletePerson", a, person, nil)
}

// erase removes one of a person's encounters, or with nil all of them, what tasks
// hold of them, and what the files still do.
func (s *Store) erase(ctx context.Context, op string, a storage.Act, person models.PersonID, only *models.EncounterID) error {
	return s.changeAndWipe(ctx, op, a, func(tx *sql.Tx, _ *intended) error {
		var ids []int64
		err := each(ctx, tx, func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		}, `SELECT e.id FROM encounters e JOIN persons p ON p.id = e.person
			WHERE p.person = ?1 AND (?2 IS NULL OR e.encounter = ?2) ORDER BY e.encounter`, person, only)
		if err == nil && len(ids) == 0 {
			err = models.Errorf(op, models.NotFound, "no such person or encounter")
		}
		for i := 0; err == nil && i < len(ids); i++ {
			err = eraseRows(ctx, tx, ids[i])
		}
		if err != nil {
			return err
		}
		return wipeTasks(ctx, tx, person, only)
	})
}

// eraseRows removes one encounter, and its person if it was the last.
func eraseRows(ctx context.Context, tx *sql.Tx, id int64) error {
	for _, statement := range []string{
		`INSERT INTO outbox (image_key)
			SELECT image_key FROM samples WHERE encounter = ? AND image_key IS NOT NULL ORDER BY ordinal`,
		`DELETE FROM samples WHERE encounter = ?`,
		`DELETE FROM encounter_galleries WHERE encounter = ?`,
	} {
		if _, err := tx.ExecContext(ctx, statement, id); err != nil {
			return err
		}
	}
	var person int64
	if err := tx.QueryRowContext(ctx, "DELETE FROM encounters WHERE id = ? RETURNING person", id).Scan(&person); err != nil {
		return err
	}
	return forgetPerson(ctx, tx, person)
}

// forgetPerson removes a person who has no encounter.
func forgetPerson(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx,
		"DELETE FROM persons WHERE id = ? AND NOT EXISTS (SELECT 1 FROM encounters e WHERE e.person = persons.id)", id)
	return err
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
)

// lockPerson keeps a person's encounters from being changed by others until the
// transaction's end, and says if there are any.
func lockPerson(ctx context.Context, tx pgx.Tx, op string, person models.PersonID) (id int64, err error) {
	ids, err := lockPersons(ctx, tx, person)
	if err == nil && ids[person] == 0 {
		err = models.Errorf(op, models.NotFound, "no such person")
	}
	return ids[person], err
}

// lockPersons locks persons in the order of their rows, so that two changes
// don't wait for each other; it gives the rows of those that are there.
func lockPersons(ctx context.Context, tx pgx.Tx, persons ...models.PersonID) (map[models.PersonID]int64, error) {
	ids := map[models.PersonID]int64{}
	err := each(ctx, tx, func(rows pgx.Rows) error {
		var id int64
		var person models.PersonID
		err := rows.Scan(&id, &person)
		ids[person] = id
		return err
	}, "SELECT id, person FROM persons WHERE person = ANY ($1::text[]) ORDER BY id FOR UPDATE", persons)
	return ids, err
}

// deleteEmpty deletes a locked person without encounters.
func deleteEmpty(ctx context.Context, tx pgx.Tx, person int64) error {
	_, err := tx.Exec(ctx, "DELETE FROM persons WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM encounters WHERE person = $1)", person)
	return err
}

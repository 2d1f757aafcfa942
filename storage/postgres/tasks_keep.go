package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// ofErased selects the tasks that hold data of an encounter that was deleted or,
// with NULL, of a person; with the last encounter the person is gone.
const ofErased = `person = $1 AND person <> '' AND ($2::text IS NULL OR encounter = $2
	OR encounter = '' AND (result IS NOT NULL OR NOT EXISTS (SELECT 1 FROM persons p WHERE p.person = $1)))`

// wipeTasks clears the tasks that hold data of what was deleted before in this
// transaction: one of the person's encounters or, with nil, the person. One whose
// answer was to be delivered goes back to work, from which an error comes.
func wipeTasks(ctx context.Context, tx pgx.Tx, person models.PersonID, only *models.EncounterID) error {
	_, err := tx.Exec(ctx, `
		UPDATE tasks SET request = NULL, result = NULL, result_type = '', version = version + 1, updated = clock_timestamp(),
			state = CASE stage WHEN $3 THEN $4 ELSE state END,
			stage = CASE stage WHEN $3 THEN $5 ELSE stage END,
			attempts = CASE stage WHEN $3 THEN 0 ELSE attempts END,
			due = CASE stage WHEN $3 THEN clock_timestamp() ELSE due END
		WHERE `+ofErased,
		person, only, models.StageDeliver, models.TaskPending, models.StageWork)
	return err
}

// giveTasks makes the tasks of an encounter that was given to target, or with
// nil all of source's, target's; all of them too if that was source's last.
func giveTasks(ctx context.Context, tx pgx.Tx, target, source models.PersonID, only *models.EncounterID) error {
	_, err := tx.Exec(ctx, `
		UPDATE tasks SET person = $2, version = version + 1, updated = clock_timestamp()
		WHERE person = $1 AND person <> '' AND ($3::text IS NULL OR encounter = $3
			OR NOT EXISTS (SELECT 1 FROM persons p WHERE p.person = $1))`, source, target, only)
	return err
}

const oldest = `SELECT id FROM tasks WHERE stage = 'over' AND updated < now() - $1::interval
	ORDER BY updated LIMIT $2 FOR UPDATE SKIP LOCKED`

// Expire implements [storage.Tasks]. Tasks that somebody is changing are left
// for the next time.
func (t tasks) Expire(ctx context.Context, age time.Duration) (total int, err error) {
	const op = "storage/postgres.Tasks.Expire"
	for {
		var n int
		err := t.s.update(ctx, op, func(tx pgx.Tx) error {
			tag, err := tx.Exec(ctx, "DELETE FROM tasks WHERE id IN ("+oldest+")", age, reaped)
			n = int(tag.RowsAffected())
			return err
		})
		if err != nil {
			return total, err
		}
		if total += n; n < reaped {
			return total, nil
		}
	}
}

// Count implements [storage.Tasks]. It reads all tasks, without what they hold.
func (t tasks) Count(ctx context.Context) (counts map[models.TaskState]int, err error) {
	err = t.s.ask(func() error {
		counts = map[models.TaskState]int{}
		return each(ctx, t.s.pool, func(rows pgx.Rows) error {
			var state models.TaskState
			var n int
			err := rows.Scan(&state, &n)
			counts[state] = n
			return err
		}, "SELECT state, count(*) FROM tasks GROUP BY state")
	})
	if err != nil {
		return nil, translate(ctx, "storage/postgres.Tasks.Count", err)
	}
	return counts, nil
}

const byClient = `SELECT client, count(*), sum(coalesce(octet_length(request), 0) + coalesce(octet_length(result), 0))
	FROM tasks WHERE stage <> 'over' OR request <> '' OR result <> '' GROUP BY client`

// Held implements [storage.Tasks]. Of what tasks hold it reads no more than the
// length, which stands in their rows.
func (t tasks) Held(ctx context.Context) (all map[string]storage.Held, err error) {
	err = t.s.ask(func() error {
		all = map[string]storage.Held{}
		return each(ctx, t.s.pool, func(rows pgx.Rows) error {
			var client string
			var h storage.Held
			err := rows.Scan(&client, &h.Tasks, &h.Bytes)
			all[client] = h
			return err
		}, byClient)
	})
	if err != nil {
		return nil, translate(ctx, "storage/postgres.Tasks.Held", err)
	}
	return all, nil
}

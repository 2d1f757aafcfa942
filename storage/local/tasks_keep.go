package local

import (
	"context"
	"database/sql"
	"time"

	"oblik/models"
	"oblik/storage"
)

// ofErased selects the tasks that hold data of an encounter that was deleted or,
// with NULL, of a person; with the last encounter the person is gone.
const ofErased = `person = ?1 AND person <> '' AND (?2 IS NULL OR encounter = ?2 OR encounter = '' AND (
	EXISTS (SELECT 1 FROM task_bodies b WHERE b.task = n AND b.result IS NOT NULL)
	OR NOT EXISTS (SELECT 1 FROM persons p WHERE p.person = ?1)))`

// wipeTasks clears the tasks that hold data of what was deleted before in this
// transaction: one of the person's encounters or, with nil, the person. One whose
// answer was to be delivered goes back to work, from which an error comes.
func wipeTasks(ctx context.Context, tx *sql.Tx, person models.PersonID, only *models.EncounterID) error {
	var wiped []int64
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		wiped = append(wiped, n)
		return err
	}, `UPDATE tasks SET result_type = '', bytes = 0, version = version + 1, updated = ?3,
			state = CASE stage WHEN ?4 THEN ?5 ELSE state END,
			stage = CASE stage WHEN ?4 THEN ?6 ELSE stage END,
			attempts = CASE stage WHEN ?4 THEN 0 ELSE attempts END,
			due = CASE stage WHEN ?4 THEN ?3 ELSE due END
		WHERE `+ofErased+` RETURNING n`, person, only, micros(time.Now()), models.StageDeliver, models.TaskPending, models.StageWork)
	for i := 0; err == nil && i < len(wiped); i++ {
		_, err = tx.ExecContext(ctx, "UPDATE task_bodies SET request = NULL, result = NULL WHERE task = ?", wiped[i])
	}
	return err
}

// giveTasks makes the tasks of an encounter that was given to target, or with
// nil all of source's, target's; all of them too if that was source's last.
func giveTasks(ctx context.Context, tx *sql.Tx, target, source models.PersonID, only *models.EncounterID) error {
	_, err := tx.ExecContext(ctx, `UPDATE tasks SET person = ?2, version = version + 1, updated = ?4
		WHERE person = ?1 AND person <> '' AND (?3 IS NULL OR encounter = ?3
			OR NOT EXISTS (SELECT 1 FROM persons p WHERE p.person = ?1))`, source, target, only, micros(time.Now()))
	return err
}

const expired = "DELETE FROM tasks WHERE stage = 'over' AND updated < ?"

// Expire implements [storage.Tasks]. The files hold nothing of them afterwards.
func (t tasks) Expire(ctx context.Context, age time.Duration) (int, error) {
	var n int64
	err := t.s.update(ctx, "storage/local.Tasks.Expire", func(tx *sql.Tx) (err error) {
		n, err = affected(tx.ExecContext(ctx, expired, micros(time.Now().Add(-age))))
		return err
	})
	if err != nil {
		return 0, err
	}
	if n > 0 {
		_ = t.s.cutLog(context.WithoutCancel(ctx)) // as with every deletion, see changeAndWipe
	}
	return int(n), nil
}

// Count implements [storage.Tasks]. It reads all tasks, without what they hold.
func (t tasks) Count(ctx context.Context) (map[models.TaskState]int, error) {
	counts := map[models.TaskState]int{}
	err := t.s.view(ctx, "storage/local.Tasks.Count", func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var state models.TaskState
			var n int
			err := rows.Scan(&state, &n)
			counts[state] = n
			return err
		}, "SELECT state, count(*) FROM tasks GROUP BY state")
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

const byClient = "SELECT client, count(*), sum(bytes) FROM tasks WHERE stage <> 'over' OR bytes > 0 GROUP BY client"

// Held implements [storage.Tasks]. It reads an index alone.
func (t tasks) Held(ctx context.Context) (map[string]storage.Held, error) {
	all := map[string]storage.Held{}
	err := t.s.view(ctx, "storage/local.Tasks.Held", func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var client string
			var h storage.Held
			err := rows.Scan(&client, &h.Tasks, &h.Bytes)
			all[client] = h
			return err
		}, byClient)
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

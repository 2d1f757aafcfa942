package local

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"oblik/models"
	"oblik/storage"
)

// tasks are those of the data directory. Their clock is the machine's, since
// they outlive the process.
type tasks struct{ s *Store }

// Tasks gives the tasks of the data directory.
func (s *Store) Tasks() storage.Tasks { return tasks{s} }

// Add implements [storage.Tasks]. A task that is due at no time is due now.
func (t tasks) Add(ctx context.Context, task models.Task) error {
	const op = "storage/local.Tasks.Add"
	if err := storage.CheckTask(op, task); err != nil {
		return err
	}
	now := time.Now()
	err := t.s.update(ctx, op, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `
			INSERT INTO tasks (id, client, operation, transaction_id, person, encounter, callback, state, stage, priority,
				attempts, due, result_type, version, created, updated, begun, bytes)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, ?14, ?14, ?15, ?16)`, taskValues(task, now)...)
		if err != nil {
			return err
		}
		n, err := r.LastInsertId()
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO task_bodies (task, request, result) VALUES (?, ?, ?)", n, task.Request, task.Result)
		return err
	})
	if err == nil {
		t.s.grown(ctx, len(task.Request)+len(task.Result))
	}
	return err
}

// taskValues are those of a task's own columns, but its version, now.
func taskValues(t models.Task, now time.Time) []any {
	var due any
	switch {
	case t.State.Stage() == models.StageOver:
	case t.Due.IsZero():
		due = micros(now)
	default:
		due = micros(t.Due)
	}
	return []any{t.ID, t.Client, t.Operation, t.Transaction, t.Person, t.Encounter, t.Callback, t.State, t.State.Stage(),
		t.Priority, t.Attempts, due, t.ResultType, micros(now), t.Begun, len(t.Request) + len(t.Result)}
}

// Save implements [storage.Tasks]. A task that is due at no time is due now. The
// files hold nothing afterwards of a request or result that is replaced.
func (t tasks) Save(ctx context.Context, task models.Task) (version int64, err error) {
	const op = "storage/local.Tasks.Save"
	if err := storage.CheckTask(op, task); err != nil {
		return 0, err
	}
	var replaced int64
	err = t.s.update(ctx, op, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `
			UPDATE tasks SET client = ?2, operation = ?3, transaction_id = ?4, person = ?5, encounter = ?6, callback = ?7, state = ?8,
				stage = ?9, priority = ?10, attempts = ?11, due = ?12, result_type = ?13, updated = ?14, begun = ?15,
				bytes = ?16, version = version + 1
			WHERE id = ?1 AND version = ?17 RETURNING n, version`,
			append(taskValues(task, time.Now()), task.Version)...).Scan(&n, &version)
		if errors.Is(err, sql.ErrNoRows) {
			err = models.Errorf(op, models.Conflict, "the task has changed or is gone")
		}
		if err != nil {
			return err
		}
		replaced, err = affected(tx.ExecContext(ctx, `UPDATE task_bodies SET request = ?2, result = ?3
			WHERE task = ?1 AND (request IS NOT ?2 OR result IS NOT ?3)`, n, task.Request, task.Result))
		return err
	})
	if err != nil {
		return 0, err
	}
	if replaced > 0 {
		_ = t.s.cutLog(context.WithoutCancel(ctx)) // as with every deletion, see changeAndWipe
	}
	return version, nil
}

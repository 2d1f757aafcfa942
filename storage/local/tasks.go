package local

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"oblik/models"
	"oblik/storage"
)

// tasks are those of the data directory.
type tasks struct{ s *Store }

// Tasks gives the tasks of the data directory.
func (s *Store) Tasks() storage.Tasks { return tasks{s} }

const taskColumns = "id, state, priority, attempts, due, request, result, created, updated"

// Save implements [storage.Tasks].
func (t tasks) Save(ctx context.Context, task models.Task) error {
	var due any
	if !task.Due.IsZero() {
		due = micros(task.Due)
	}
	return t.s.update(ctx, "storage/local.Save", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO tasks ("+taskColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			task.ID, task.State, task.Priority, task.Attempts, due, task.Request, task.Result,
			micros(task.Created), micros(task.Updated))
		return err
	})
}

// Read implements [storage.Tasks].
func (t tasks) Read(ctx context.Context, id string) (task models.Task, err error) {
	const op = "storage/local.Read"
	err = t.s.view(ctx, op, func(tx *sql.Tx) error {
		task, err = scanTask(tx.QueryRowContext(ctx, "SELECT "+taskColumns+" FROM tasks WHERE id = ?", id))
		if errors.Is(err, sql.ErrNoRows) {
			err = models.Errorf(op, models.NotFound, "no such task")
		}
		return err
	})
	return task, err
}

// Next implements [storage.Tasks].
func (t tasks) Next(ctx context.Context, lease storage.Lease) (next *models.Task, err error) {
	err = t.s.update(ctx, "storage/local.Next", func(tx *sql.Tx) error {
		next = nil
		now := time.Now()
		task, err := scanTask(tx.QueryRowContext(ctx,
			"SELECT "+taskColumns+" FROM tasks WHERE due <= ? ORDER BY priority DESC, due LIMIT 1", micros(now)))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		next = &task
		_, err = tx.ExecContext(ctx, "UPDATE tasks SET due = ? WHERE id = ?", micros(now.Add(lease)), task.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return next, nil
}

// Remove implements [storage.Tasks]. The files hold nothing of it afterwards.
func (t tasks) Remove(ctx context.Context, id string) error {
	err := t.s.update(ctx, "storage/local.Remove", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM tasks WHERE id = ?", id)
		return err
	})
	if err == nil {
		_ = t.s.cutLog(context.WithoutCancel(ctx)) // as with every deletion, see changeAndWipe
	}
	return err
}

func scanTask(row *sql.Row) (t models.Task, err error) {
	var due sql.NullInt64
	var created, updated int64
	err = row.Scan(&t.ID, &t.State, &t.Priority, &t.Attempts, &due, &t.Request, &t.Result, &created, &updated)
	if due.Valid {
		t.Due = time.UnixMicro(due.Int64).UTC()
	}
	t.Created, t.Updated = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	return t, err
}

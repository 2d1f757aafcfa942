package local

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"oblik/models"
	"oblik/storage"
)

const (
	taskColumns = `t.id, t.client, t.operation, t.transaction_id, t.person, t.encounter, t.callback, t.state, t.priority,
		t.attempts, t.begun, t.due, t.result_type, t.version, t.created, t.updated, b.request, b.result`
	taskBodies = ` FROM tasks t JOIN task_bodies b ON b.task = t.n `
)

// Read implements [storage.Tasks].
func (t tasks) Read(ctx context.Context, id string) (models.Task, error) {
	return t.read(ctx, "storage/local.Tasks.Read", taskColumns+taskBodies, id)
}

// Head implements [storage.Tasks].
func (t tasks) Head(ctx context.Context, id string) (models.Task, error) {
	return t.read(ctx, "storage/local.Tasks.Head", strings.Replace(taskColumns, "b.request, b.result", "NULL, NULL", 1)+" FROM tasks t ", id)
}

func (t tasks) read(ctx context.Context, op, columns, id string) (task models.Task, err error) {
	err = t.s.view(ctx, op, func(tx *sql.Tx) error {
		task, err = scanTask(tx.QueryRowContext(ctx, "SELECT "+columns+"WHERE t.id = ?", id))
		if errors.Is(err, sql.ErrNoRows) {
			err = models.Errorf(op, models.NotFound, "no such task")
		}
		return err
	})
	return task, err
}

const firstDue = "SELECT n FROM tasks WHERE stage = ?1 AND due <= ?2 ORDER BY priority DESC, due LIMIT 1"

// Next implements [storage.Tasks].
func (t tasks) Next(ctx context.Context, stage models.Stage, lease storage.Lease) (next *models.Task, err error) {
	err = t.s.update(ctx, "storage/local.Tasks.Next", func(tx *sql.Tx) error {
		now := time.Now()
		var n int64
		err := tx.QueryRowContext(ctx, `UPDATE tasks SET due = ?3, begun = begun + 1, version = version + 1, updated = ?2
			WHERE n = (`+firstDue+`) RETURNING n`,
			stage, micros(now), micros(now.Add(lease))).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		task, err := scanTask(tx.QueryRowContext(ctx, "SELECT "+taskColumns+taskBodies+"WHERE t.n = ?", n))
		next = &task
		return err
	})
	if err != nil {
		return nil, err
	}
	return next, nil
}

func scanTask(row *sql.Row) (t models.Task, err error) {
	var due sql.NullInt64
	var request, result any
	var created, updated int64
	err = row.Scan(&t.ID, &t.Client, &t.Operation, &t.Transaction, &t.Person, &t.Encounter, &t.Callback, &t.State, &t.Priority,
		&t.Attempts, &t.Begun, &due, &t.ResultType, &t.Version, &created, &updated, &request, &result)
	if due.Valid {
		t.Due = time.UnixMicro(due.Int64).UTC()
	}
	t.Created, t.Updated = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	t.Request, t.Result = body(request), body(result)
	return t, err
}

// body is a column's bytes, nil if it is NULL. The driver gives an empty one as
// nil bytes, which only a destination of any type can tell from NULL.
func body(column any) []byte {
	if b, there := column.([]byte); there {
		return notNull(b)
	}
	return nil
}

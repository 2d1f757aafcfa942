package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// tasks are those of the database.
type tasks struct{ s *Store }

// Tasks gives the tasks of the database.
func (s *Store) Tasks() storage.Tasks { return tasks{s} }

const (
	taskInput   = `id, client, operation, transaction, person, encounter, callback, state, priority, attempts, begun, request, result, result_type`
	taskColumns = taskInput + `, coalesce(due, '0001-01-01Z'), version, created, updated`

	// dueOf is when a task of this stage, given this time, is due.
	dueOf = `CASE WHEN $15::text <> 'over' THEN coalesce($16::timestamptz, now()) END`
)

// input is what taskInput takes, and then the stage and the given time.
func input(t models.Task) []any {
	var due *time.Time
	if !t.Due.IsZero() {
		due = &t.Due
	}
	return []any{t.ID, t.Client, t.Operation, t.Transaction, t.Person, t.Encounter, t.Callback,
		t.State, t.Priority, t.Attempts, t.Begun, t.Request, t.Result, t.ResultType, t.State.Stage(), due}
}

// Add implements [storage.Tasks]. A task that is due at no time is due now.
func (t tasks) Add(ctx context.Context, task models.Task) error {
	const op = "storage/postgres.Tasks.Add"
	if err := storage.CheckTask(op, task); err != nil {
		return err
	}
	return t.s.update(ctx, op, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO tasks (`+taskInput+`, stage, due, version, created, updated)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, `+dueOf+`, 1, now(), now())`, input(task)...)
		return err
	})
}

// Save implements [storage.Tasks]. A task that is due at no time is due now.
func (t tasks) Save(ctx context.Context, task models.Task) (version int64, err error) {
	const op = "storage/postgres.Tasks.Save"
	if err := storage.CheckTask(op, task); err != nil {
		return 0, err
	}
	err = t.s.update(ctx, op, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			UPDATE tasks SET (client, operation, transaction, person, encounter, callback, state, priority, attempts, begun,
					request, result, result_type, stage, due, version, updated)
				= ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
					`+dueOf+`, version + 1, clock_timestamp())
			WHERE id = $1 AND version = $17 RETURNING version`, append(input(task), task.Version)...).Scan(&version)
		if errors.Is(err, pgx.ErrNoRows) {
			err = models.Errorf(op, models.Conflict, "the task has changed or is gone")
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

// Read implements [storage.Tasks].
func (t tasks) Read(ctx context.Context, id string) (models.Task, error) {
	return t.read(ctx, "storage/postgres.Tasks.Read", taskColumns, id)
}

// Head implements [storage.Tasks].
func (t tasks) Head(ctx context.Context, id string) (models.Task, error) {
	return t.read(ctx, "storage/postgres.Tasks.Head", strings.Replace(taskColumns, "request, result", "NULL::bytea, NULL::bytea", 1), id)
}

func (t tasks) read(ctx context.Context, op, columns, id string) (models.Task, error) {
	found, err := t.one(ctx, op, "SELECT "+columns+" FROM tasks WHERE id = $1", id)
	if err == nil && found == nil {
		err = models.Errorf(op, models.NotFound, "no such task")
	}
	if err != nil {
		return models.Task{}, err
	}
	return *found, nil
}

const firstDue = `SELECT id FROM tasks WHERE stage = $1 AND due <= now()
	ORDER BY priority DESC, due LIMIT 1 FOR UPDATE SKIP LOCKED`

// Next implements [storage.Tasks]. Takers don't wait for each other. One whose
// connection is lost leaves the task alone until the lease is over.
func (t tasks) Next(ctx context.Context, stage models.Stage, lease storage.Lease) (*models.Task, error) {
	return t.one(ctx, "storage/postgres.Tasks.Next", `
		UPDATE tasks SET due = now() + $2::interval, begun = begun + 1, version = version + 1, updated = now()
		WHERE id = (`+firstDue+`) RETURNING `+taskColumns, stage, lease)
}

// one gives a query's only task, or nil.
func (t tasks) one(ctx context.Context, op, query string, args ...any) (*models.Task, error) {
	var found *models.Task
	err := t.s.ask(func() error {
		rows, err := t.s.pool.Query(ctx, query, args...)
		if err == nil {
			found, err = pgx.CollectExactlyOneRow(rows, task)
		}
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, translate(ctx, op, err)
	}
	return found, nil
}

func task(row pgx.CollectableRow) (*models.Task, error) {
	t := &models.Task{}
	err := row.Scan(&t.ID, &t.Client, &t.Operation, &t.Transaction, &t.Person, &t.Encounter, &t.Callback, &t.State,
		&t.Priority, &t.Attempts, &t.Begun, &t.Request, &t.Result, &t.ResultType, &t.Due, &t.Version, &t.Created, &t.Updated)
	t.Due, t.Created, t.Updated = t.Due.UTC(), t.Created.UTC(), t.Updated.UTC()
	return t, err
}

package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// tasks are those of the database.
type tasks struct{ s *Store }

// Tasks gives the tasks of the database.
func (s *Store) Tasks() storage.Tasks { return tasks{s} }

// Save implements [storage.Tasks].
func (t tasks) Save(ctx context.Context, task models.Task) error {
	var due *time.Time
	if !task.Due.IsZero() {
		due = &task.Due
	}
	_, err := t.s.pool.Exec(ctx, `
		INSERT INTO tasks (id, state, priority, attempts, due, request, result, created, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET (state, priority, attempts, due, request, result, created, updated)
			= ($2, $3, $4, $5, $6, $7, $8, $9)`,
		task.ID, task.State, task.Priority, task.Attempts, due, task.Request, task.Result, task.Created, task.Updated)
	return translate(ctx, "storage/postgres.Tasks.Save", err)
}

const taskColumns = `id, state, priority, attempts, due, request, result, created, updated`

func task(row pgx.CollectableRow) (t models.Task, err error) {
	var due *time.Time
	err = row.Scan(&t.ID, &t.State, &t.Priority, &t.Attempts, &due, &t.Request, &t.Result, &t.Created, &t.Updated)
	if due != nil {
		t.Due = due.UTC()
	}
	t.Created, t.Updated = t.Created.UTC(), t.Updated.UTC()
	return t, err
}

// Read implements [storage.Tasks].
func (t tasks) Read(ctx context.Context, id string) (models.Task, error) {
	const op = "storage/postgres.Tasks.Read"
	found, err := t.one(ctx, op, "SELECT "+taskColumns+" FROM tasks WHERE id = $1", id)
	if err != nil {
		return models.Task{}, err
	}
	if found == nil {
		return models.Task{}, models.Errorf(op, models.NotFound, "no such task")
	}
	return *found, nil
}

// Next implements [storage.Tasks], by the server's clock. Takers don't wait for each other.
func (t tasks) Next(ctx context.Context, lease storage.Lease) (*models.Task, error) {
	return t.one(ctx, "storage/postgres.Tasks.Next", `
		WITH next AS (
			SELECT * FROM tasks WHERE due <= clock_timestamp()
			ORDER BY priority DESC, due LIMIT 1 FOR UPDATE SKIP LOCKED),
		taken AS (
			UPDATE tasks SET due = clock_timestamp() + $1::interval WHERE id = (SELECT id FROM next))
		SELECT `+taskColumns+` FROM next`, lease)
}

// one gives a query's only task, or nil.
func (t tasks) one(ctx context.Context, op, query string, args ...any) (*models.Task, error) {
	rows, err := t.s.pool.Query(ctx, query, args...)
	if err != nil {
		return nil, translate(ctx, op, err)
	}
	found, err := pgx.CollectExactlyOneRow(rows, task)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, translate(ctx, op, err)
	}
	return &found, nil
}

// Remove implements [storage.Tasks].
func (t tasks) Remove(ctx context.Context, id string) error {
	_, err := t.s.pool.Exec(ctx, "DELETE FROM tasks WHERE id = $1", id)
	return translate(ctx, "storage/postgres.Tasks.Remove", err)
}

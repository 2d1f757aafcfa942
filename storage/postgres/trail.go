package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/storage"
)

// auditLock is taken, shared, before a line gets its number and kept until the
// transaction ends. It is no lock of the table, which would be in VACUUM's way.
const auditLock = `('audit'::regclass::oid::bigint)`

const appendLine = `
	INSERT INTO audit (time, act, changed, client, operation, transaction, person, encounter, details)
	SELECT clock_timestamp(), $1, $2, $3, $4, $5, $6, $7, $8 FROM (SELECT pg_advisory_xact_lock_shared` + auditLock + `) l`

// line is what appendLine takes; changed for the end of an act.
func line(a storage.Act, changed bool) []any {
	return []any{a.ID, changed, a.Client, a.Operation, a.Transaction, a.Person, a.Encounter, a.Details}
}

// Append implements [storage.Trail].
func (s *Store) Append(ctx context.Context, a storage.Act) error {
	err := s.ask(func() error {
		_, err := s.pool.Exec(ctx, appendLine, line(a, false)...)
		return err
	})
	return translate(ctx, "storage/postgres.Append", err)
}

// Events implements [storage.Trail]. Every line that comes later has a higher
// number than the last one given, so a reader who goes on from there misses
// none. For that it waits for the changes that are being committed, and new ones
// wait meanwhile, up to lock_timeout.
func (s *Store) Events(ctx context.Context, after int64, f func(storage.Event) error) error {
	const op = "storage/postgres.Events"
	var last int64
	err := s.update(ctx, op, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock"+auditLock); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT coalesce(max(seq), 0) FROM audit").Scan(&last)
	})
	if err != nil {
		return err
	}
	return s.stream(ctx, op, func(tx pgx.Tx) error {
		return pages(ctx, tx, func(rows pgx.Rows) error {
			e, err := event(rows)
			if err != nil {
				return err
			}
			after = e.Seq
			return stop(f(e))
		}, `SELECT seq, time, act, client, operation, transaction, person, encounter, details
			FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3`, func() []any { return []any{after, last} })
	})
}

func event(rows pgx.Rows) (e storage.Event, err error) {
	err = rows.Scan(&e.Seq, &e.Time, &e.ID, &e.Client, &e.Operation, &e.Transaction, &e.Person, &e.Encounter, &e.Details)
	e.Time = e.Time.UTC()
	return e, err
}

package local

import (
	"context"
	"database/sql"
	"time"

	"oblik/storage"
)

// Append implements [storage.Trail].
func (s *Store) Append(ctx context.Context, a storage.Act) error {
	return s.update(ctx, "storage/local.Append", func(tx *sql.Tx) error { return record(ctx, tx, a, false) })
}

// Events implements [storage.Trail], on one snapshot. What is said of
// [Store.Scan] holds for it.
func (s *Store) Events(ctx context.Context, after int64, f func(storage.Event) error) error {
	return s.stream(ctx, "storage/local.Events", func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var e storage.Event
			var at int64
			if err := rows.Scan(&e.Seq, &at, &e.ID, &e.Client, &e.Operation, &e.Transaction,
				&e.Person, &e.Encounter, &e.Details); err != nil {
				return err
			}
			e.Time = time.UnixMicro(at).UTC()
			return stop(f(e))
		}, `SELECT seq, time, act, client, operation, transaction_id, person, encounter, details
			FROM audit WHERE seq > ? ORDER BY seq`, after)
	})
}

package local

import (
	"context"
	"database/sql"
)

// Pending implements [storage.Outbox].
func (s *Store) Pending(ctx context.Context, limit int) (keys []string, err error) {
	err = s.view(ctx, "storage/local.Pending", func(tx *sql.Tx) error {
		keys, err = column(ctx, tx, "SELECT image_key FROM outbox ORDER BY id LIMIT ?", max(limit, 0))
		return err
	})
	return keys, err
}

// Done implements [storage.Outbox]. A key that is not pending is no error.
func (s *Store) Done(ctx context.Context, key string) error {
	return s.update(ctx, "storage/local.Done", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE image_key = ?", key)
		return err
	})
}

// column reads a query's only column.
func column(ctx context.Context, tx *sql.Tx, query string, args ...any) (values []string, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var v string
		err := rows.Scan(&v)
		values = append(values, v)
		return err
	}, query, args...)
	return values, err
}

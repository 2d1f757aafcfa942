package postgres

import "context"

// Pending implements [storage.Outbox].
func (s *Store) Pending(ctx context.Context, limit int) ([]string, error) {
	keys, err := column[string](ctx, s.pool, "SELECT key FROM images WHERE queued IS NOT NULL ORDER BY queued LIMIT $1", max(limit, 0))
	return keys, translate(ctx, "storage/postgres.Pending", err)
}

// Done implements [storage.Outbox]. A key that is not pending is no error.
func (s *Store) Done(ctx context.Context, key string) error {
	_, err := s.pool.Exec(ctx, "DELETE FROM images WHERE key = $1 AND queued IS NOT NULL", key)
	return translate(ctx, "storage/postgres.Done", err)
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/storage"
)

// reaped is how many acts one transaction gives up at most.
const reaped = 100

// Reap implements [storage.Acts]. Acts that somebody is ending are left to him.
// It also forgets old changes.
func (s *Store) Reap(ctx context.Context) (total int, err error) {
	const op = "storage/postgres.Reap"
	for {
		var ids []string
		err := s.update(ctx, op, func(tx pgx.Tx) (err error) {
			ids, err = column[string](ctx, tx,
				"SELECT id FROM acts WHERE expires <= clock_timestamp() ORDER BY expires LIMIT $1 FOR UPDATE SKIP LOCKED", reaped)
			if err != nil || len(ids) == 0 {
				return err
			}
			return giveUp(ctx, tx, ids, nil)
		})
		if err != nil {
			return total, err
		}
		if total += len(ids); len(ids) < reaped {
			break
		}
	}
	_, err = s.pool.Exec(ctx, "DELETE FROM claims WHERE act IS NULL AND made < clock_timestamp() - $1::interval", storage.ClaimLife)
	if err == nil {
		err = s.prune(ctx)
	}
	return total, translate(ctx, op, err)
}

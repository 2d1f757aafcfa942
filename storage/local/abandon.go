package local

import (
	"context"
	"database/sql"
	"time"

	"oblik/storage"
)

// Abandon implements [storage.Acts]. That there is one writer is what waits for
// a change that is being made.
func (s *Store) Abandon(ctx context.Context, a storage.Act) (committed bool, err error) {
	const op = "storage/local.Abandon"
	err = s.update(ctx, op, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM audit WHERE act = ? AND changed)", a.ID).Scan(&committed); err != nil {
			return err
		}
		if a.Claim != nil && len(a.Outcome) > 0 {
			if _, err := writeOutcome(ctx, tx, a); err != nil {
				return err
			}
		}
		return abandon(ctx, tx, a.ID)
	})
	return committed && err == nil, err
}

// abandon ends an act, if it is under way, without its change.
func abandon(ctx context.Context, tx *sql.Tx, act string) error {
	own, err := end(ctx, tx, act)
	if err != nil || own == nil {
		return err
	}
	if err := queue(ctx, tx, own.keys); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM claims WHERE act = ? AND outcome IS NULL", act)
	return err
}

// Reap implements [storage.Acts].
func (s *Store) Reap(ctx context.Context) (n int, err error) {
	const op = "storage/local.Reap"
	err = s.update(ctx, op, func(tx *sql.Tx) error {
		n, err = abandonAll(ctx, tx, "SELECT id FROM acts WHERE expires <= ?", s.clock().Microseconds())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM claims WHERE made < ? AND outcome IS NOT NULL",
			micros(time.Now().Add(-storage.ClaimLife)))
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// abandonAll ends the acts that a query selects, and counts them.
func abandonAll(ctx context.Context, tx *sql.Tx, query string, args ...any) (int, error) {
	acts, err := column(ctx, tx, query, args...)
	for i := 0; err == nil && i < len(acts); i++ {
		err = abandon(ctx, tx, acts[i])
	}
	return len(acts), err
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/storage"
)

// Abandon implements [storage.Acts]. Since it locks the act as its change does,
// it comes either before, and the change finds no act, or after. A change whose
// client the server believes in still holds the lock: Abandon is
// [models.Unavailable] after lock_timeout, and is to be tried again.
func (s *Store) Abandon(ctx context.Context, a storage.Act) (committed bool, err error) {
	err = s.update(ctx, "storage/postgres.Abandon", func(tx pgx.Tx) error {
		there, err := lockAct(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if there {
			committed = false
			return giveUp(ctx, tx, []string{a.ID}, a.Outcome)
		}
		// A statement of its own sees what was waited for.
		return tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM audit WHERE act = $1 AND changed)", a.ID).Scan(&committed)
	})
	return committed && err == nil, err
}

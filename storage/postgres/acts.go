package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"oblik/models"
	"oblik/storage"
)

// lockAct keeps an act from being ended or given up by others until the
// transaction's end, and waits for those who are at it. It says if the act is
// still under way.
func lockAct(ctx context.Context, tx pgx.Tx, id string) (bool, error) {
	tag, err := tx.Exec(ctx, "SELECT 1 FROM acts WHERE id = $1 FOR UPDATE", id)
	return tag.RowsAffected() == 1, err
}

// end ends a locked act whose change to these people's records was made: the
// images it did not use are queued, its claim is settled, the trail has its line.
func (s *Store) end(ctx context.Context, tx pgx.Tx, op string, a storage.Act, people []models.PersonID) error {
	var b pgx.Batch
	b.Queue(queueImages+ofActs, []string{a.ID})
	if a.Claim != nil {
		b.Queue("UPDATE claims SET act = NULL, outcome = $3 WHERE act = $1 AND key = $2", a.ID, a.Claim.Key[:], a.Outcome).
			Exec(func(tag pgconn.CommandTag) error {
				if tag.RowsAffected() == 0 {
					return models.Errorf(op, models.Invalid, "the act has not made this claim")
				}
				return nil
			})
	}
	b.Queue(appendLine, line(a, true)...)
	b.Queue("DELETE FROM acts WHERE id = $1", a.ID)
	b.Queue(appendChanges, people, s.origin)
	return tx.SendBatch(ctx, &b).Close()
}

// giveUp ends locked acts without their change. Their claims are free again or,
// if outcome is not empty, settled with it.
func giveUp(ctx context.Context, tx pgx.Tx, ids []string, outcome []byte) error {
	var b pgx.Batch
	b.Queue(queueImages+ofActs, ids)
	if len(outcome) > 0 {
		b.Queue("UPDATE claims SET act = NULL, outcome = $2 WHERE act = ANY ($1)", ids, outcome)
	} else {
		b.Queue("DELETE FROM claims WHERE act = ANY ($1)", ids)
	}
	b.Queue("DELETE FROM acts WHERE id = ANY ($1)", ids)
	return tx.SendBatch(ctx, &b).Close()
}

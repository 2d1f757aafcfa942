package postgres

import (
	"bytes"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// claim is one as it is stored.
type claim struct {
	body    []byte
	act     string // who holds it; empty if it is settled or there is none
	over    bool   // the holder's time is over
	outcome []byte // nil if it is held
}

// Outcome implements [storage.Acts].
func (s *Store) Outcome(ctx context.Context, c storage.Claim) ([]byte, error) {
	const op = "storage/postgres.Outcome"
	there, err := lookUp(ctx, s.pool, c)
	if err != nil {
		return nil, translate(ctx, op, err)
	}
	return there.answer(op, c)
}

// lookUp reads a claim; that of a free one is empty.
func lookUp(ctx context.Context, q querier, c storage.Claim) (there claim, err error) {
	rows, err := q.Query(ctx, `
		SELECT c.body, coalesce(c.act, ''), coalesce(a.expires <= clock_timestamp(), false), c.outcome
		FROM claims c LEFT JOIN acts a ON a.id = c.act WHERE c.key = $1`, c.Key[:])
	if err != nil {
		return there, err
	}
	there, err = pgx.CollectOneRow(rows, func(row pgx.CollectableRow) (c claim, err error) {
		err = row.Scan(&c.body, &c.act, &c.over, &c.outcome)
		return c, err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return claim{}, nil
	}
	return there, err
}

// answer is what who makes the claim gets; nil if it is free, or as good as.
func (there claim) answer(op string, c storage.Claim) ([]byte, error) {
	switch {
	case there.body == nil:
		return nil, nil
	case !bytes.Equal(there.body, c.Body[:]):
		return nil, models.Errorf(op, models.Reused, "the claim was made with another body")
	case there.over:
		return nil, nil
	case there.outcome == nil:
		return nil, models.Errorf(op, models.InProgress, "the act that made the claim is under way")
	}
	return there.outcome, nil
}

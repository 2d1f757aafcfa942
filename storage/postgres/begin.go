package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// claims is how often a claim is tried to be made while others come and go.
const claims = 4

// errSettled undoes the beginning of an act whose claim has its outcome.
var errSettled = errors.New("the claim is settled")

// Begin implements [storage.Acts]. A key of an image, or an act's, that was
// used before is [models.Conflict].
func (s *Store) Begin(ctx context.Context, a storage.Act, images []string, lease storage.Lease) ([]byte, error) {
	const op = "storage/postgres.Begin"
	for _, key := range append([]string{a.ID}, images...) {
		if err := storage.CheckKey(op, key); err != nil {
			return nil, err
		}
	}
	if a.Claim == nil { // one round trip: a batch alone is a transaction
		if err := insertAct(ctx, s.pool, a.ID, images, lease); !s.renew(err) {
			return nil, translate(ctx, op, err)
		}
	}
	var outcome []byte
	err := s.update(ctx, op, func(tx pgx.Tx) (err error) {
		if err := insertAct(ctx, tx, a.ID, images, lease); err != nil || a.Claim == nil {
			return err
		}
		outcome, err = take(ctx, tx, op, a)
		return err
	})
	if errors.Is(err, errSettled) {
		return outcome, nil
	}
	return nil, err
}

// batcher is a pool or a transaction.
type batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

func insertAct(ctx context.Context, q batcher, id string, images []string, lease time.Duration) error {
	var b pgx.Batch
	b.Queue("INSERT INTO acts (id, expires) VALUES ($1, clock_timestamp() + $2)", id, lease)
	if len(images) > 0 {
		b.Queue(`INSERT INTO images (key, act, ordinal)
			SELECT key, $1, ordinal FROM unnest($2::text[]) WITH ORDINALITY AS t (key, ordinal)`, id, images)
	}
	return q.SendBatch(ctx, &b).Close()
}

// take makes the act's claim. An act in its way is given up if its time is
// over; errSettled comes with the outcome of one that has ended.
func take(ctx context.Context, tx pgx.Tx, op string, a storage.Act) ([]byte, error) {
	for range claims { // the one in the way may go at any moment
		// This waits for another act that is making the claim now.
		tag, err := tx.Exec(ctx, `INSERT INTO claims (key, body, act, made)
			VALUES ($1, $2, $3, clock_timestamp()) ON CONFLICT (key) DO NOTHING`, a.Claim.Key[:], a.Claim.Body[:], a.ID)
		if err != nil || tag.RowsAffected() == 1 {
			return nil, err
		}
		there, err := lookUp(ctx, tx, *a.Claim)
		if err != nil {
			return nil, err
		}
		if outcome, err := there.answer(op, *a.Claim); err != nil {
			return nil, err
		} else if outcome != nil {
			return outcome, errSettled
		}
		if err := giveUpHolder(ctx, tx, there.act); err != nil {
			return nil, err
		}
	}
	return nil, models.Errorf(op, models.InProgress, "others ask the same")
}

// giveUpHolder ends the act that holds a claim and whose time is over, unless
// it has ended meanwhile.
func giveUpHolder(ctx context.Context, tx pgx.Tx, act string) error {
	there, err := lockAct(ctx, tx, act)
	if err != nil || !there {
		return err
	}
	return giveUp(ctx, tx, []string{act}, nil)
}

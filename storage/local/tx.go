package local

import (
	"context"
	"database/sql"
	"errors"

	"oblik/models"
)

// view runs f on one snapshot.
func (s *Store) view(ctx context.Context, op string, f func(*sql.Tx) error) error {
	return translate(op, transact(ctx, s.read, f))
}

// stream is view for f that may take long. The cut of the log that it was in
// the way of is made up for.
func (s *Store) stream(ctx context.Context, op string, f func(*sql.Tx) error) error {
	err := s.view(ctx, op, f)
	if settled := s.settle(ctx); err == nil {
		err = translate(op, settled)
	}
	return err
}

// update runs f in a transaction that is durable when update returns nil. A
// commit that failed is [models.Uncertain].
func (s *Store) update(ctx context.Context, op string, f func(*sql.Tx) error) error {
	committing := false
	err := transact(ctx, s.write, func(tx *sql.Tx) error {
		err := f(tx)
		committing = err == nil
		return err
	})
	if err != nil && committing { // as on a full disk; who needs to know looks again
		return models.Errorf(op, models.Uncertain, "the commit failed: %w", translate(op, err))
	}
	if err != nil {
		return translate(op, err)
	}
	s.grown(ctx, commitBytes)
	return nil
}

// beginner is a pool of connections or one of them.
type beginner interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}

func transact(ctx context.Context, db beginner, f func(*sql.Tx) error) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if rerr := tx.Rollback(); rerr != nil && !errors.Is(rerr, sql.ErrTxDone) {
			err = errors.Join(err, rerr)
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// each calls f for every row of a query.
func each(ctx context.Context, tx *sql.Tx, f func(*sql.Rows) error, query string, args ...any) (err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

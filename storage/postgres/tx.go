package postgres

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"oblik/models"
	"oblik/storage"
)

// A transaction that lost against another one is tried again so often, after a
// random wait of up to backoff, twice backoff, ...
const (
	retries = 3
	backoff = 20 * time.Millisecond
)

// update runs f in a transaction that is durable when update returns nil. f may
// run more than once. A COMMIT that was not answered is [models.Uncertain].
func (s *Store) update(ctx context.Context, op string, f func(pgx.Tx) error) error {
	for retry := 0; ; retry++ {
		begun, committing := false, false
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			begun = true
			err := f(tx)
			committing = err == nil
			return err
		})
		if !begun && retry < retries && s.renew(err) {
			continue
		}
		if err != nil && committing && !refused(err) {
			return models.Errorf(op, models.Uncertain, "the COMMIT was not answered: %w", translate(ctx, op, err))
		}
		lost := isState(err, serializationFailure, deadlockDetected)
		if !lost || retry == retries || !wait(ctx, rand.N(backoff<<retry)) { // #nosec G404 -- no secret
			return translate(ctx, op, err)
		}
	}
}

// refused says of a COMMIT's error that the server made nothing durable. What it
// says while it ends the session (FATAL) may come after it made all of it so.
func refused(err error) bool {
	server := (*pgconn.PgError)(nil)
	return errors.Is(err, pgx.ErrTxCommitRollback) || errors.As(err, &server) && server.SeverityUnlocalized == "ERROR"
}

// wait is false if ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// snapshot is what a reader of several statements sees.
var snapshot = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}

// view runs f on one snapshot.
func (s *Store) view(ctx context.Context, op string, f func(pgx.Tx) error) error {
	for retry := 0; ; retry++ {
		begun := false
		err := pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
			begun = true
			return f(tx)
		})
		if begun || retry == retries || !s.renew(err) {
			return translate(ctx, op, err)
		}
	}
}

// ask runs a single statement that may be made twice.
func (s *Store) ask(f func() error) error {
	err := f()
	if s.renew(err) {
		err = f()
	}
	return err
}

// renew gives the pool new connections if err says that one of it had died
// unnoticed, as all do when the server is restarted; it says whether to try again.
func (s *Store) renew(err error) bool {
	if !stale(err) {
		return false
	}
	s.pool.Reset()
	return true
}

func stale(err error) bool {
	server, connecting := (*pgconn.PgError)(nil), (*pgconn.ConnectError)(nil)
	if errors.As(err, &connecting) {
		return false
	}
	ended := errors.As(err, &server) && strings.HasPrefix(server.Code, "57P")
	return ended || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, pgconn.ErrConnClosed)
}

// stream is view for as long as it takes.
func (s *Store) stream(ctx context.Context, op string, f func(pgx.Tx) error) error {
	return s.view(ctx, op, func(tx pgx.Tx) error {
		for _, setting := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
			if _, err := tx.Exec(ctx, "SET LOCAL "+setting+" = 0"); err != nil {
				return err
			}
		}
		return f(tx)
	})
}

// change runs f as the change of an act to these people's records: what f does
// and the end of the act are one transaction. f may run more than once.
func (s *Store) change(ctx context.Context, op string, a storage.Act, f func(pgx.Tx) error, people ...models.PersonID) error {
	if a.Claim != nil && len(a.Outcome) == 0 {
		return models.Errorf(op, models.Invalid, "the act has a claim and no outcome")
	}
	err := s.update(ctx, op, func(tx pgx.Tx) error {
		there, err := lockAct(ctx, tx, a.ID)
		if err == nil && !there {
			err = models.Errorf(op, models.Unavailable, "the act was given up: it took too long")
		}
		if err == nil {
			err = f(tx)
		}
		if err == nil {
			err = s.end(ctx, tx, op, a, people)
		}
		return err
	})
	if err == nil {
		s.news.tell()
	}
	return err
}

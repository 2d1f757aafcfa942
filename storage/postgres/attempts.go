package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// attempts are the failed verifications of the database's people.
type attempts struct{ s *Store }

// Attempts gives the failed verifications.
func (s *Store) Attempts() storage.Attempts { return attempts{s} }

// Failed implements [storage.Attempts].
func (a attempts) Failed(ctx context.Context, person models.PersonID) (count int, ago time.Duration, err error) {
	err = a.s.ask(func() error {
		return a.s.pool.QueryRow(ctx, `SELECT a.failures, greatest(clock_timestamp() - a.last, '0')
			FROM attempts a JOIN persons p ON p.id = a.person WHERE p.person = $1`, person).Scan(&count, &ago)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, nil
	}
	return count, ago, translate(ctx, "storage/postgres.Attempts.Failed", err)
}

// Fail implements [storage.Attempts]. If the connection is lost it may count
// twice, rather than not at all. The first of a person waits for a change that is
// made to the person.
func (a attempts) Fail(ctx context.Context, person models.PersonID) error {
	err := a.s.ask(func() error {
		_, err := a.s.pool.Exec(ctx, `INSERT INTO attempts (person, failures, last)
			SELECT id, 1, clock_timestamp() FROM persons WHERE person = $1
			ON CONFLICT (person) DO UPDATE SET failures = attempts.failures + 1, last = excluded.last`, person)
		return err
	})
	if isState(err, foreignKeyViolation) { // the person was deleted meanwhile
		return nil
	}
	return translate(ctx, "storage/postgres.Attempts.Fail", err)
}

// Clear implements [storage.Attempts].
func (a attempts) Clear(ctx context.Context, person models.PersonID) error {
	err := a.s.ask(func() error {
		_, err := a.s.pool.Exec(ctx, "DELETE FROM attempts WHERE person = (SELECT id FROM persons WHERE person = $1)", person)
		return err
	})
	return translate(ctx, "storage/postgres.Attempts.Clear", err)
}

// Locked implements [storage.Attempts]. f may use the store, which takes another
// connection.
func (a attempts) Locked(ctx context.Context, count int, f func(models.PersonID, int) error) error {
	return a.s.stream(ctx, "storage/postgres.Attempts.Locked", func(tx pgx.Tx) error {
		var person models.PersonID
		return pages(ctx, tx, func(rows pgx.Rows) error {
			var failures int
			if err := rows.Scan(&person, &failures); err != nil {
				return err
			}
			return stop(f(person, failures))
		}, `SELECT p.person, a.failures FROM attempts a JOIN persons p ON p.id = a.person
			WHERE a.failures >= $1 AND p.person > $2 ORDER BY p.person LIMIT $3`, func() []any { return []any{count, person} })
	})
}

// giveAttempts gives target the failures of source, if they are more and source
// has no encounter left: whoever is on record under another id stays locked.
func giveAttempts(ctx context.Context, tx pgx.Tx, target, source int64) error {
	_, err := tx.Exec(ctx, `
		WITH gone AS (DELETE FROM attempts WHERE person = $1 AND NOT EXISTS (SELECT 1 FROM encounters e WHERE e.person = $1)
			RETURNING failures, last)
		INSERT INTO attempts (person, failures, last) SELECT $2, failures, last FROM gone
		ON CONFLICT (person) DO UPDATE
		SET failures = greatest(attempts.failures, excluded.failures), last = greatest(attempts.last, excluded.last)`, source, target)
	return err
}

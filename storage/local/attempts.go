package local

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"oblik/models"
	"oblik/storage"
)

// attempts are the failed verifications of the people in the data directory.
// Their clock is the machine's: one that is set back makes the last one recent.
type attempts struct{ s *Store }

// Attempts gives the failed verifications.
func (s *Store) Attempts() storage.Attempts { return attempts{s} }

// Failed implements [storage.Attempts].
func (a attempts) Failed(ctx context.Context, person models.PersonID) (count int, ago time.Duration, err error) {
	err = a.s.view(ctx, "storage/local.Attempts.Failed", func(tx *sql.Tx) error {
		var last int64
		err := tx.QueryRowContext(ctx, `SELECT a.failures, a.last FROM persons p JOIN attempts a ON a.person = p.id
			WHERE p.person = ?`, person).Scan(&count, &last)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		ago = max(time.Since(time.UnixMicro(last)), 0)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return count, ago, nil
}

// Fail implements [storage.Attempts].
func (a attempts) Fail(ctx context.Context, person models.PersonID) error {
	return a.s.update(ctx, "storage/local.Attempts.Fail", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO attempts (person, failures, last) SELECT id, 1, ?2 FROM persons WHERE person = ?1
			ON CONFLICT (person) DO UPDATE SET failures = failures + 1, last = excluded.last`, person, micros(time.Now()))
		return err
	})
}

// Clear implements [storage.Attempts].
func (a attempts) Clear(ctx context.Context, person models.PersonID) error {
	return a.s.update(ctx, "storage/local.Attempts.Clear", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM attempts WHERE person = (SELECT id FROM persons WHERE person = ?)", person)
		return err
	})
}

// Locked implements [storage.Attempts], on one snapshot. What is said of
// [Store.Scan] holds for it.
func (a attempts) Locked(ctx context.Context, count int, f func(models.PersonID, int) error) error {
	return a.s.stream(ctx, "storage/local.Attempts.Locked", func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var person models.PersonID
			var failures int
			if err := rows.Scan(&person, &failures); err != nil {
				return err
			}
			return stop(f(person, failures))
		}, `SELECT p.person, a.failures FROM attempts a JOIN persons p ON p.id = a.person
			WHERE a.failures >= ? ORDER BY p.person`, count)
	})
}

// giveAttempts gives target the failures of source, if they are more and source
// has no encounter left: whoever is on record under another id stays locked.
func giveAttempts(ctx context.Context, tx *sql.Tx, target, source int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO attempts (person, failures, last) SELECT ?2, failures, last FROM attempts
			WHERE person = ?1 AND NOT EXISTS (SELECT 1 FROM encounters e WHERE e.person = ?1)
		ON CONFLICT (person) DO UPDATE SET failures = max(failures, excluded.failures), last = max(last, excluded.last)`, source, target)
	return err
}

package local

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"oblik/models"
	"oblik/storage"
)

// Begin implements [storage.Acts]. A key that is no image's is
// [models.Invalid], one that is named already [models.Conflict].
func (s *Store) Begin(ctx context.Context, a storage.Act, images []string, lease storage.Lease) (outcome []byte, err error) {
	const op = "storage/local.Begin"
	for _, key := range append([]string{a.ID}, images...) {
		if err := storage.CheckKey(op, key); err != nil {
			return nil, err
		}
	}
	err = s.update(ctx, op, func(tx *sql.Tx) error {
		if a.Claim != nil {
			if outcome, err = s.claim(ctx, tx, op, a); err != nil || outcome != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO acts (id, expires) VALUES (?, ?)",
			a.ID, (s.clock() + lease).Microseconds()); err != nil {
			return err
		}
		for i, key := range images {
			if err := intend(ctx, tx, op, a.ID, i, key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return outcome, nil
}

// clock is the time that leases are measured by: since Open, and steady
// whatever becomes of the machine's clock.
func (s *Store) clock() time.Duration { return time.Since(s.opened) }

// intend names an image the act will store. An image that a record or the
// outbox names is not for a new act: giving that up would delete it.
func intend(ctx context.Context, tx *sql.Tx, op, act string, ordinal int, key string) error {
	names, err := named(ctx, tx, []string{key})
	if err == nil && names[key] {
		err = models.Errorf(op, models.Conflict, "an image key is taken")
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO act_images (act, ordinal, image_key) VALUES (?, ?, ?)", act, ordinal, key)
	return err
}

// claim makes a's claim, or gives the outcome of the act that made it before. One
// whose time is over is given up for a.
func (s *Store) claim(ctx context.Context, tx *sql.Tx, op string, a storage.Act) (outcome []byte, err error) {
	outcome, holder, err := s.lookUp(ctx, tx, op, *a.Claim)
	if err != nil || outcome != nil {
		return outcome, err
	}
	if holder != "" {
		if err := abandon(ctx, tx, holder); err != nil {
			return nil, err
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO claims (key, body, act, made) VALUES (?, ?, ?, ?)",
		a.Claim.Key[:], a.Claim.Body[:], a.ID, micros(time.Now()))
	return nil, err
}

// lookUp gives a claim's outcome or, while it has none, the act that made it and
// whose time is over; both are empty if the claim is free.
func (s *Store) lookUp(ctx context.Context, tx *sql.Tx, op string, c storage.Claim) (outcome []byte, act string, err error) {
	var body []byte
	var live bool
	err = tx.QueryRowContext(ctx, `SELECT c.body, c.act, c.outcome, coalesce(a.expires > ?, 0)
		FROM claims c LEFT JOIN acts a ON a.id = c.act WHERE c.key = ?`,
		s.clock().Microseconds(), c.Key[:]).Scan(&body, &act, &outcome, &live)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, "", nil
	case err != nil:
		return nil, "", err
	case string(body) != string(c.Body[:]):
		return nil, "", models.Errorf(op, models.Reused, "the claim was made with another body")
	case outcome == nil && live:
		return nil, "", models.Errorf(op, models.InProgress, "the act that made this claim is under way")
	}
	return outcome, act, nil
}

// Outcome implements [storage.Acts].
func (s *Store) Outcome(ctx context.Context, c storage.Claim) (outcome []byte, err error) {
	const op = "storage/local.Outcome"
	err = s.view(ctx, op, func(tx *sql.Tx) error {
		outcome, _, err = s.lookUp(ctx, tx, op, c)
		return err
	})
	return outcome, err
}

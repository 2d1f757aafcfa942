package local

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"oblik/models"
	"oblik/storage"
)

// change makes a's change, which is f, and ends the act, in one transaction:
// what f leaves of the act's images goes to the outbox, the trail gets its line
// and the claim its outcome.
func (s *Store) change(ctx context.Context, op string, a storage.Act, f func(tx *sql.Tx, own *intended) error) error {
	if a.Claim != nil && len(a.Outcome) == 0 {
		return models.Errorf(op, models.Invalid, "a claim needs an outcome")
	}
	return s.update(ctx, op, func(tx *sql.Tx) error {
		own, err := end(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if own == nil {
			return models.Errorf(op, models.Unavailable, "the act was given up: it took too long, or it never began")
		}
		if err := f(tx, own); err != nil {
			return err
		}
		if err := queue(ctx, tx, own.keys); err != nil {
			return err
		}
		if err := record(ctx, tx, a, true); err != nil {
			return err
		}
		return settleClaim(ctx, tx, op, a)
	})
}

// changeAndWipe is change for what removes something: the files hold nothing of
// it afterwards.
func (s *Store) changeAndWipe(ctx context.Context, op string, a storage.Act, f func(*sql.Tx, *intended) error) error {
	if err := s.change(ctx, op, a, f); err != nil {
		return err
	}
	// The change is made, whatever becomes of the log: an error here would say
	// that it is not. cutLog remembers what it could not do.
	_ = s.cutLog(context.WithoutCancel(ctx))
	return nil
}

// intended are the images of an act that no record names yet, as they were begun.
type intended struct{ keys []string }

// take gives an image to a record.
func (i *intended) take(op, key string) error {
	at := slices.Index(i.keys, key)
	if at < 0 {
		return models.Errorf(op, models.Invalid, "an image is not the act's, or named twice")
	}
	i.keys = slices.Delete(i.keys, at, at+1)
	return nil
}

// end removes an act and gives its images; nil if there is no such act.
func end(ctx context.Context, tx *sql.Tx, act string) (*intended, error) {
	keys, err := column(ctx, tx, "SELECT image_key FROM act_images WHERE act = ? ORDER BY ordinal", act)
	if err != nil {
		return nil, err
	}
	n, err := affected(tx.ExecContext(ctx, "DELETE FROM acts WHERE id = ?", act)) // and its images, by cascade
	if err != nil || n == 0 {
		return nil, err
	}
	return &intended{keys}, nil
}

// queue puts images into the outbox, in order.
func queue(ctx context.Context, tx *sql.Tx, keys []string) error {
	for _, key := range keys {
		if _, err := tx.ExecContext(ctx, "INSERT INTO outbox (image_key) VALUES (?)", key); err != nil {
			return err
		}
	}
	return nil
}

// record adds a line to the trail.
func record(ctx context.Context, tx *sql.Tx, a storage.Act, changed bool) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO audit (time, act, changed, client, operation, transaction_id, person, encounter, details)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		micros(time.Now()), a.ID, changed, a.Client, a.Operation, a.Transaction, a.Person, a.Encounter, a.Details)
	return err
}

// settleClaim stores the outcome of an act with its claim, if it made one.
func settleClaim(ctx context.Context, tx *sql.Tx, op string, a storage.Act) error {
	if a.Claim == nil {
		return nil
	}
	n, err := writeOutcome(ctx, tx, a)
	if err == nil && n != 1 {
		err = models.Errorf(op, models.Invalid, "the act has not made this claim")
	}
	return err
}

// writeOutcome settles the claim, if a has made it: 1, else 0.
func writeOutcome(ctx context.Context, tx *sql.Tx, a storage.Act) (int64, error) {
	return affected(tx.ExecContext(ctx, "UPDATE claims SET outcome = ? WHERE key = ? AND act = ? AND outcome IS NULL",
		a.Outcome, a.Claim.Key[:], a.ID))
}

// affected is how many rows a statement changed.
func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

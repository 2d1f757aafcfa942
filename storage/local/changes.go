package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"oblik/models"
	"oblik/storage"
)

var _ storage.Changes = (*Store)(nil)

// Head implements [storage.Changes]: the newest line of the trail, in which
// every change has one, and its act.
func (s *Store) Head(ctx context.Context) (place storage.Place, err error) {
	err = s.view(ctx, "storage/local.Head", func(tx *sql.Tx) error {
		place, err = head(ctx, tx)
		return err
	})
	return place, err
}

func head(ctx context.Context, tx *sql.Tx) (place storage.Place, err error) {
	err = tx.QueryRowContext(ctx, "SELECT seq, act FROM audit ORDER BY seq DESC LIMIT 1").Scan(&place.Seq, &place.Mark)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil // nothing was ever done
	}
	return place, err
}

// After implements [storage.Changes]. A data directory has one user, whose own
// changes it knows: it names nobody.
func (s *Store) After(ctx context.Context, place storage.Place) ([]models.PersonID, storage.Place, error) {
	const op = "storage/local.After"
	next := place
	err := s.view(ctx, op, func(tx *sql.Tx) (err error) {
		known := place.Seq == 0 && place.Mark == ""
		if !known {
			err = tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM audit WHERE seq = ? AND act = ?)", place.Seq, place.Mark).Scan(&known)
		}
		if err == nil && !known {
			err = models.Errorf(op, models.Conflict, "the database has another history")
		}
		if err == nil {
			next, err = head(ctx, tx)
		}
		return err
	})
	return nil, next, err
}

// Await implements [storage.Changes]: there are no others whose changes could be
// announced.
func (s *Store) Await(ctx context.Context) error {
	<-ctx.Done()
	return translate("storage/local.Await", ctx.Err())
}

// ofPeople is the end of the query for some people's.
const ofPeople = `
	WHERE e.person IN (SELECT id FROM persons WHERE person IN (SELECT value FROM json_each(?)))
	ORDER BY p.person, e.encounter, s.ordinal`

// Entries implements [storage.Changes].
func (s *Store) Entries(ctx context.Context, people ...models.PersonID) (found []models.Entry, err error) {
	const op = "storage/local.Entries"
	if len(people) > models.MaxCandidates {
		return nil, models.Errorf(op, models.Invalid, "%d people are more than %d", len(people), models.MaxCandidates)
	}
	list, err := json.Marshal(people)
	if err != nil {
		return nil, translate(op, err)
	}
	err = s.view(ctx, op, func(tx *sql.Tx) error {
		found = nil
		return eachEntry(ctx, tx, func(e models.Entry) error { found = append(found, e); return nil }, entries+ofPeople, string(list))
	})
	return found, err
}

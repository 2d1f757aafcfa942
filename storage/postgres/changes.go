package postgres

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

var _ storage.Changes = (*Store)(nil)

// appendChanges is the last statement of a change: its transaction has locked
// its act, and so has its own number as a transaction, before it takes these.
const appendChanges = "INSERT INTO changes (person, origin) SELECT person, $2 FROM unnest($1::text[]) AS p (person)"

// changesFrom selects the changes after a number, and those of these numbers.
// Of one's own it says no person.
const changesFrom = `
	SELECT seq, mark, CASE WHEN origin = $3 THEN '' ELSE person END, pg_snapshot_xmin(pg_current_snapshot())
	FROM ((SELECT * FROM changes WHERE seq > $1 ORDER BY seq LIMIT $4)
		UNION ALL SELECT * FROM changes WHERE seq <= $1 AND seq = ANY ($2)) c ORDER BY seq`

// changesPage is how many changes one query gives at most, besides the window.
const changesPage = 10_000

// Head implements [storage.Changes].
//
// A change that has a lower number and is not yet committed is missed neither by
// those who read everything next. It holds its act's row since before it had its
// number, and [Store.Scan] waits for whoever holds one before it takes its
// snapshot. That is so for every kind of change: [Store.change] locks the act
// first, and the act was begun in a transaction of its own. Those among the
// newest numbers are known as open besides.
func (s *Store) Head(ctx context.Context) (storage.Place, error) {
	const op = "storage/postgres.Head"
	var newest int64
	err := s.ask(func() error {
		return s.pool.QueryRow(ctx, "SELECT seq FROM changes ORDER BY seq DESC LIMIT 1").Scan(&newest)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = models.Errorf(op, models.Integrity, "the table of changes is empty")
	}
	if err != nil {
		return storage.Place{}, translate(ctx, op, err)
	}
	r, err := s.readChanges(ctx, op, storage.Place{Seq: newest})
	if err != nil {
		return storage.Place{}, err
	}
	return s.stand(ctx, op, r, max(0, newest-window), nil)
}

// After implements [storage.Changes]. It takes one round trip, and a second one
// where numbers are missing.
func (s *Store) After(ctx context.Context, place storage.Place) ([]models.PersonID, storage.Place, error) {
	const op = "storage/postgres.After"
	for {
		r, err := s.readChanges(ctx, op, place)
		if err != nil {
			return nil, place, err
		}
		if known := r.known(place); known.newest() != place.Seq || known.mark() != place.Mark {
			return nil, place, models.Errorf(op, models.Conflict, "the database has another history, or has forgotten this part of it")
		}
		people := map[models.PersonID]bool{}
		for _, c := range r.news(place) {
			if c.person != "" {
				people[c.person] = true
			}
		}
		next, err := s.stand(ctx, op, r, place.Seq, r.stillOpen(place))
		if err != nil {
			return nil, place, err
		}
		if len(people) > 0 || len(r.changes) < changesPage {
			return slices.Sorted(maps.Keys(people)), next, nil
		}
		place = next // all of a page was our own
	}
}

// readChanges reads, in one snapshot, what tells a copy at place what is new.
func (s *Store) readChanges(ctx context.Context, op string, place storage.Place) (r reading, err error) {
	open := make([]int64, 0, len(place.Open))
	for _, o := range place.Open {
		open = append(open, o.Seq)
	}
	err = s.ask(func() error {
		r = reading{}
		return each(ctx, s.pool, func(rows pgx.Rows) error {
			var c change
			err := rows.Scan(&c.seq, &c.mark, &c.person, &r.ended)
			r.changes = append(r.changes, c)
			return err
		}, changesFrom, place.Seq-window, open, s.origin, window+changesPage)
	})
	return r, translate(ctx, op, err)
}

// stand is the place of a copy that has all of r, whose earlier place was after,
// with these open. Numbers that are missing since then become open too.
//
// Whoever took one has it from before a higher one was taken, and had a number
// as a transaction before that. So ours, which is given after r was read, is
// higher. The xmax of r's snapshot would not do: it is beyond the transactions
// that had ended, and one under way may be beyond it.
func (s *Store) stand(ctx context.Context, op string, r reading, after int64, open []storage.Open) (storage.Place, error) {
	next := r.last()
	missing, ok := r.missing(after, mostOpen-len(open))
	if !ok {
		return next, models.Errorf(op, models.Conflict, "more than %d changes are missing", mostOpen)
	}
	if len(missing) > 0 {
		var before uint64
		err := s.ask(func() error { return s.pool.QueryRow(ctx, "SELECT pg_current_xact_id()").Scan(&before) })
		if err != nil {
			return next, translate(ctx, op, err)
		}
		for _, seq := range missing {
			open = append(open, storage.Open{Seq: seq, Before: before})
		}
	}
	next.Open = open
	return next, nil
}

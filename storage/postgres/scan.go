package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"oblik/models"
)

// A page of encounters and what belongs to them. Each part is read along an
// index, by a query that leaves the server's planner no other way. One query
// for all was slower by a half, and several times where the planner was mistaken.
const (
	pageEncounters = `SELECT id, (SELECT p.person FROM persons p WHERE p.id = e.person), encounter, status
		FROM encounters e WHERE id > $1 ORDER BY id LIMIT $2`
	pageGalleries = `SELECT encounter, gallery FROM encounter_galleries
		WHERE encounter > $1 AND encounter <= $2 ORDER BY encounter, ordinal`
	pageTemplates = `SELECT encounter, weights, dimension, template FROM templates
		WHERE encounter > $1 AND encounter <= $2 ORDER BY encounter, ordinal`
)

// Scan implements [storage.Encounters]. Entries come in the order they were
// created in; a page of them is in memory at a time. An error of f is returned
// as it is. f may use the store, which takes another connection.
func (s *Store) Scan(ctx context.Context, f func(models.Entry) error) error {
	const op = "storage/postgres.Scan"
	// A change whose process was killed may be committing still: its server outlives
	// it. It holds its act's row, so this waits, and the snapshot has it.
	if err := s.update(ctx, op, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "SELECT 1 FROM acts FOR SHARE")
		return err
	}); err != nil {
		return err
	}
	return s.stream(ctx, op, func(tx pgx.Tx) error {
		for last := int64(0); ; {
			reading, cancel := context.WithTimeout(ctx, pageTime)
			found, err := scanPage(reading, tx, last)
			cancel()
			if err != nil || len(found) == 0 {
				return err
			}
			for _, e := range found {
				if err := f(e.value); err != nil {
					return stop(err)
				}
			}
			last = found[len(found)-1].id
		}
	})
}

// pageTime ends a page of a server that has fallen silent: the limit of a
// statement is lifted here, and only a server that is there would keep it.
const pageTime = 10 * time.Second

// scanPage reads the entries after a row.
func scanPage(ctx context.Context, tx pgx.Tx, after int64) ([]row[models.Entry], error) {
	rows, err := tx.Query(ctx, pageEncounters, after, page)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e row[models.Entry], err error) {
		err = row.Scan(&e.id, &e.value.Key.Person, &e.value.Key.Encounter, &e.value.Status)
		return e, err
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	last := found[len(found)-1].id
	var b pgx.Batch
	b.Queue(pageGalleries, after, last).Query(func(rows pgx.Rows) error {
		var id int64
		var g models.GalleryID
		in := follower[models.Entry]{all: found}
		return forEach(rows, func() { e := in.find(id); e.Galleries = append(e.Galleries, g) }, &id, &g)
	})
	b.Queue(pageTemplates, after, last).Query(func(rows pgx.Rows) error {
		var id int64
		var t models.Template
		in := follower[models.Entry]{all: found}
		return forEach(rows, func() { e := in.find(id); e.Templates = append(e.Templates, t) },
			&id, &t.Format.Weights, &t.Format.Dimension, &t.Data)
	})
	return found, tx.SendBatch(ctx, &b).Close()
}

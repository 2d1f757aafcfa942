package local

import (
	"context"
	"database/sql"
	"strings"

	"oblik/models"
)

// entries selects one row a template, and one for an encounter without any.
// The joins are CROSS so that SQLite keeps their order: rows come as they are
// stored, without a sort that would hold them all.
const entries = `
	SELECT e.id, p.person, e.encounter, e.status,
		(SELECT group_concat(g.gallery, char(10) ORDER BY g.ordinal) FROM encounter_galleries g WHERE g.encounter = e.id),
		s.weights, s.dimension, s.template
	FROM encounters e
	CROSS JOIN persons p ON p.id = e.person
	LEFT JOIN samples s ON s.encounter = e.id AND s.weights IS NOT NULL `

// scanned is the end of the query for all of them.
const scanned = "ORDER BY e.id, s.ordinal"

// Scan implements [storage.Encounters]. Entries come in the order they were
// created in. An error of f is returned as it is. While f runs the log can't be
// cut, so f should be quick; it may read from the store.
func (s *Store) Scan(ctx context.Context, f func(models.Entry) error) error {
	return s.stream(ctx, "storage/local.Scan", func(tx *sql.Tx) error {
		return eachEntry(ctx, tx, func(e models.Entry) error { return stop(f(e)) }, entries+scanned)
	})
}

// eachEntry puts the rows of a query that begins with entries together again.
func eachEntry(ctx context.Context, tx *sql.Tx, f func(models.Entry) error, query string, args ...any) error {
	var last int64
	var e *models.Entry
	err := each(ctx, tx, func(rows *sql.Rows) error {
		id, row, err := entryRow(rows)
		if err != nil {
			return err
		}
		if e != nil && id == last {
			e.Templates = append(e.Templates, row.Templates...)
			return nil
		}
		done := e
		last, e = id, &row
		if done == nil {
			return nil
		}
		return f(*done)
	}, query, args...)
	if err != nil || e == nil {
		return err
	}
	return f(*e)
}

func entryRow(rows *sql.Rows) (id int64, e models.Entry, err error) {
	var galleries, weights sql.NullString
	var dimension sql.NullInt64
	var template []byte
	if err := rows.Scan(&id, &e.Key.Person, &e.Key.Encounter, &e.Status, &galleries, &weights, &dimension, &template); err != nil {
		return 0, e, err
	}
	for g := range strings.SplitSeq(galleries.String, "\n") { // an id holds no newline
		e.Galleries = append(e.Galleries, models.GalleryID(g))
	}
	if weights.Valid {
		e.Templates = []models.Template{{
			Format: models.Format{Weights: weights.String, Dimension: int(dimension.Int64)},
			Data:   template,
		}}
	}
	return id, e, nil
}

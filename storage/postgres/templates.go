package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
)

// entriesOf selects a person's encounters in a gallery, one row a template and
// one for an encounter without any. One query is one snapshot and one round trip.
const entriesOf = `
	SELECT e.id, p.person, e.encounter, e.status,
		ARRAY (SELECT gallery FROM encounter_galleries g WHERE g.encounter = e.id ORDER BY ordinal),
		t.weights, t.dimension, t.template
	FROM persons p JOIN encounters e ON e.person = p.id
	LEFT JOIN templates t ON t.encounter = e.id
	WHERE p.person = $1
		AND ($2 = $3 OR EXISTS (SELECT 1 FROM encounter_galleries g WHERE g.encounter = e.id AND g.gallery = $2))
	ORDER BY e.encounter, t.ordinal`

// Templates implements [storage.Encounters]. Entries come by encounter id.
func (s *Store) Templates(ctx context.Context, person models.PersonID, gallery models.GalleryID) ([]models.Entry, error) {
	const op = "storage/postgres.Templates"
	var all []row[models.Entry]
	err := s.ask(func() error {
		all = nil
		return each(ctx, s.pool, func(rows pgx.Rows) error {
			e, err := entry(rows)
			if last := len(all) - 1; last >= 0 && all[last].id == e.id {
				all[last].value.Templates = append(all[last].value.Templates, e.value.Templates...)
			} else {
				all = append(all, e)
			}
			return err
		}, entriesOf, person, gallery, models.AllGalleries)
	})
	if err != nil {
		return nil, translate(ctx, op, err)
	}
	if len(all) == 0 {
		return nil, models.Errorf(op, models.NotFound, "the person has no encounter in this gallery")
	}
	var found []models.Entry
	for _, e := range all {
		if e.value.Status == models.Active && len(e.value.Templates) > 0 {
			found = append(found, e.value)
		}
	}
	return found, nil
}

func entry(rows pgx.Rows) (r row[models.Entry], err error) {
	e := &r.value
	var weights *string
	var dimension *int
	var template []byte
	err = rows.Scan(&r.id, &e.Key.Person, &e.Key.Encounter, &e.Status, &e.Galleries, &weights, &dimension, &template)
	if err == nil && weights != nil {
		e.Templates = []models.Template{{Format: models.Format{Weights: *weights, Dimension: *dimension}, Data: template}}
	}
	return r, err
}

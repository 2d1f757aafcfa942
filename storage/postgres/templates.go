package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
)

// entriesOf selects some people's encounters in a gallery, one row a template and
// one for an encounter without any. One query is one snapshot and one round trip.
// OFFSET 0 leaves the server's planner no other way than person by person along the
// indexes: without statistics, as after a bulk enrolment or a restore, it would
// rather read all encounters for ten people.
const entriesOf = `
	SELECT e.id, w.person, e.encounter, e.status,
		ARRAY (SELECT gallery FROM encounter_galleries g WHERE g.encounter = e.id ORDER BY ordinal),
		t.weights, t.dimension, t.template
	FROM (SELECT DISTINCT person COLLATE "C" AS person FROM unnest($1::text[]) AS w (person)) w
	CROSS JOIN LATERAL (SELECT id FROM persons p WHERE p.person = w.person OFFSET 0) p
	CROSS JOIN LATERAL (SELECT id, encounter, status FROM encounters e WHERE e.person = p.id OFFSET 0) e
	LEFT JOIN LATERAL (SELECT ordinal, weights, dimension, template FROM templates t WHERE t.encounter = e.id OFFSET 0) t ON true
	WHERE $2 = $3 OR EXISTS (SELECT 1 FROM encounter_galleries g WHERE g.encounter = e.id AND g.gallery = $2)
	ORDER BY w.person, e.encounter, t.ordinal`

// Templates implements [storage.Encounters]. Entries come by encounter id.
func (s *Store) Templates(ctx context.Context, person models.PersonID, gallery models.GalleryID) ([]models.Entry, error) {
	const op = "storage/postgres.Templates"
	all, err := s.entries(ctx, op, []models.PersonID{person}, gallery)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, models.Errorf(op, models.NotFound, "the person has no encounter in this gallery")
	}
	var found []models.Entry
	for _, e := range all {
		if e.Status == models.Active && len(e.Templates) > 0 {
			found = append(found, e)
		}
	}
	return found, nil
}

// Entries implements [storage.Changes].
func (s *Store) Entries(ctx context.Context, people ...models.PersonID) ([]models.Entry, error) {
	const op = "storage/postgres.Entries"
	if len(people) > models.MaxCandidates {
		return nil, models.Errorf(op, models.Invalid, "%d people are more than %d", len(people), models.MaxCandidates)
	}
	return s.entries(ctx, op, people, models.AllGalleries)
}

// entries puts the rows of entriesOf together again.
func (s *Store) entries(ctx context.Context, op string, people []models.PersonID, gallery models.GalleryID) (all []models.Entry, err error) {
	err = s.ask(func() error {
		all = nil
		last := int64(0) // below every row's
		return each(ctx, s.pool, func(rows pgx.Rows) error {
			e, err := entry(rows)
			if e.id == last {
				all[len(all)-1].Templates = append(all[len(all)-1].Templates, e.value.Templates...)
			} else {
				all = append(all, e.value)
			}
			last = e.id
			return err
		}, entriesOf, people, gallery, models.AllGalleries)
	})
	return all, translate(ctx, op, err)
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

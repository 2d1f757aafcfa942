package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
)

// List implements [storage.Galleries].
func (s *Store) List(ctx context.Context) ([]models.GalleryID, error) {
	ids, err := column[models.GalleryID](ctx, s.pool, listGalleries)
	return ids, translate(ctx, "storage/postgres.List", err)
}

// listGalleries goes from one gallery to the next in the index: there are few of
// them and millions of encounters in each.
const listGalleries = `
	WITH RECURSIVE found (gallery) AS (
		(SELECT gallery FROM encounter_galleries ORDER BY gallery LIMIT 1)
		UNION ALL
		SELECT (SELECT g.gallery FROM encounter_galleries g WHERE g.gallery > f.gallery ORDER BY g.gallery LIMIT 1)
		FROM found f WHERE f.gallery IS NOT NULL)
	SELECT gallery FROM found WHERE gallery IS NOT NULL ORDER BY gallery`

// Content implements [storage.Galleries].
func (s *Store) Content(ctx context.Context, gallery models.GalleryID, offset, limit int) (keys []models.EncounterKey, err error) {
	err = each(ctx, s.pool, func(rows pgx.Rows) error {
		var key models.EncounterKey
		err := rows.Scan(&key.Person, &key.Encounter)
		keys = append(keys, key)
		return err
	}, `SELECT p.person, e.encounter
		FROM encounters e JOIN persons p ON p.id = e.person
		WHERE $1 = $2 OR EXISTS (SELECT 1 FROM encounter_galleries g WHERE g.encounter = e.id AND g.gallery = $1)
		ORDER BY p.person, e.encounter OFFSET $3 LIMIT $4`, gallery, models.AllGalleries, max(offset, 0), max(limit, 0))
	return keys, translate(ctx, "storage/postgres.Content", err)
}

package local

import (
	"context"
	"database/sql"

	"oblik/models"
)

// List implements [storage.Galleries].
func (s *Store) List(ctx context.Context) (ids []models.GalleryID, err error) {
	err = s.view(ctx, "storage/local.List", func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var id models.GalleryID
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		}, "SELECT DISTINCT gallery FROM encounter_galleries ORDER BY gallery")
	})
	return ids, err
}

// contents follows the indexes of the ids, which are the answer's order: nothing
// is sorted, but what is skipped is read.
const contents = `
	SELECT p.person, e.encounter FROM persons p CROSS JOIN encounters e ON e.person = p.id
	WHERE ?1 = ?2 OR EXISTS (SELECT 1 FROM encounter_galleries g WHERE g.encounter = e.id AND g.gallery = ?1)
	ORDER BY p.person, e.encounter LIMIT ?3 OFFSET ?4`

// Content implements [storage.Galleries].
func (s *Store) Content(ctx context.Context, gallery models.GalleryID, offset, limit int) (keys []models.EncounterKey, err error) {
	err = s.view(ctx, "storage/local.Content", func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var key models.EncounterKey
			err := rows.Scan(&key.Person, &key.Encounter)
			keys = append(keys, key)
			return err
		}, contents, gallery, models.AllGalleries, max(limit, 0), max(offset, 0))
	})
	return keys, err
}

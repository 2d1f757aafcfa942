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

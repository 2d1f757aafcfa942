package local

import (
	"context"
	"database/sql"

	"oblik/models"
)

// ofPerson is the end of the query for one person's in a gallery.
const ofPerson = `
	WHERE e.person = (SELECT id FROM persons WHERE person = ?1)
		AND (?2 = ?3 OR EXISTS (SELECT 1 FROM encounter_galleries g WHERE g.encounter = e.id AND g.gallery = ?2))
	ORDER BY e.encounter, s.ordinal`

// Templates implements [storage.Encounters]. Entries come by encounter id.
func (s *Store) Templates(ctx context.Context, person models.PersonID, gallery models.GalleryID) (found []models.Entry, err error) {
	const op = "storage/local.Templates"
	known := false
	err = s.view(ctx, op, func(tx *sql.Tx) error {
		return eachEntry(ctx, tx, func(e models.Entry) error {
			known = true
			if e.Status == models.Active && len(e.Templates) > 0 {
				found = append(found, e)
			}
			return nil
		}, entries+ofPerson, person, gallery, models.AllGalleries)
	})
	if err == nil && !known {
		err = models.Errorf(op, models.NotFound, "the person has no encounter in this gallery")
	}
	return found, err
}

package api

import (
	"context"
	"time"

	"oblik/models"
	"oblik/storage"
)

// SetStatus makes a record ACTIVE or INACTIVE; when it returns, searches follow.
// [models.Invalid], [models.NotFound], [models.Forbidden], or as [Service.Erase].
func (s *Service) SetStatus(ctx context.Context, by Caller, key models.EncounterKey, status models.Status) error {
	if err := checkStatus(status); err != nil {
		return err
	}
	return s.amend(ctx, by, key, map[string]any{"status": status}, func(e *models.Encounter) { e.Status = status })
}

// SetGalleries puts a record into these galleries and takes it out of all
// others; else as [Service.SetStatus].
func (s *Service) SetGalleries(ctx context.Context, by Caller, key models.EncounterKey, galleries []models.GalleryID) error {
	if err := CheckGalleries(by, galleries); err != nil {
		return err
	}
	return s.amend(ctx, by, key, map[string]any{"galleries": galleries}, func(e *models.Encounter) { e.Galleries = galleries })
}

// amend changes what a record says of itself; its samples stay. f may run more
// than once.
func (s *Service) amend(ctx context.Context, by Caller, key models.EncounterKey, details any, f func(*models.Encounter)) error {
	if err := key.Validate(); err != nil {
		return err
	}
	var after storage.Record
	return s.apply(ctx, change{
		by: by, person: key.Person, encounter: key.Encounter, details: details,
		rows: func(ctx context.Context, a storage.Act) error {
			return s.Encounters.Update(ctx, a, key, func(r *storage.Record) error {
				if err := by.change(*r); err != nil {
					return err
				}
				f(&r.Encounter)
				r.Encounter.Updated = time.Now().UTC()
				after = *r
				return nil
			})
		},
		index: func() error { return s.place(entryOf(after)) },
		keys:  func() []models.EncounterKey { return []models.EncounterKey{key} },
	})
}

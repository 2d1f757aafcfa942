package postgres

import (
	"slices"

	"oblik/models"
	"oblik/storage"
)

// check refuses what the tables could not hold or what could not be found again.
func check(op string, r storage.Record) error {
	e := r.Encounter
	if err := e.Key.Validate(); err != nil {
		return err
	}
	if e.Status != models.Active && e.Status != models.Inactive {
		return models.Errorf(op, models.Invalid, "the status is neither ACTIVE nor INACTIVE")
	}
	if len(e.Galleries) == 0 {
		return models.Errorf(op, models.Invalid, "the encounter is in no gallery")
	}
	for i, g := range e.Galleries {
		if err := g.Validate(); err != nil {
			return err
		}
		if g == models.AllGalleries || slices.Contains(e.Galleries[:i], g) {
			return models.Errorf(op, models.Invalid, "a gallery is named twice or is %s", models.AllGalleries)
		}
	}
	for _, s := range r.Samples {
		if s.Image == nil {
			continue
		}
		if err := storage.CheckKey(op, s.Image.Key); err != nil {
			return err
		}
	}
	return nil
}

package storage

import (
	"slices"

	"oblik/models"
)

// Check refuses, as [models.Invalid], a record that no store could hold or find
// again: unsound ids and keys, no status, no gallery, one twice, or ALL.
func (r Record) Check(op string) error {
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
	for _, key := range r.ImageKeys() {
		if err := CheckKey(op, key); err != nil {
			return err
		}
	}
	return nil
}

// ImageKeys are those of the samples' images, in their order; never nil.
func (r Record) ImageKeys() []string {
	keys := []string{}
	for _, s := range r.Samples {
		if s.Image != nil {
			keys = append(keys, s.Image.Key)
		}
	}
	return keys
}

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

// CheckTask refuses, as [models.Invalid], a task that no store would find again:
// one without an id, of a strange state, or of a priority beyond 0..99.
func CheckTask(op string, t models.Task) error {
	switch t.State {
	case models.TaskPending, models.TaskScheduled, models.TaskRetry, models.TaskCompleted, models.TaskFailed:
	default:
		return models.Errorf(op, models.Invalid, "the task has a state that there is not")
	}
	if t.ID == "" || t.Priority < 0 || t.Priority > 99 {
		return models.Errorf(op, models.Invalid, "the task has no id, or its priority is not one of 0 to 99")
	}
	return nil
}

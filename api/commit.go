package api

import (
	"context"
	"errors"

	"oblik/models"
	"oblik/storage"
)

// errUnknown marks an enrolment that may or may not have been stored: its
// images must stay, since a row may name them.
var errUnknown = errors.New("it is not known whether the record was stored")

// commit writes the row, then the index entry; both or neither.
func (s *Service) commit(ctx context.Context, r storage.Record) error {
	if err := s.create(ctx, r); err != nil {
		return err
	}
	err := s.Index.Put(entryOf(r))
	if err == nil {
		return nil
	}
	if undo := s.Encounters.Delete(ctx, r.Encounter.Key); undo != nil {
		return models.Errorf("enroll", models.Internal, "%w: %w; %w", errUnknown, err, undo)
	}
	return err
}

// create stores the row. After an error of the store it looks whether the row
// is there: a failed commit says "unknown", not "nothing was written".
func (s *Service) create(ctx context.Context, r storage.Record) error {
	err := s.Encounters.Create(ctx, r)
	if err == nil || models.KindOf(err) == models.Conflict {
		return err
	}
	fresh, cancel := settled(ctx)
	defer cancel()
	found, readErr := s.Encounters.Read(fresh, r.Encounter.Key)
	switch {
	case readErr == nil && sameRecord(found, r):
		return nil
	case readErr == nil, models.KindOf(readErr) == models.NotFound:
		return err
	}
	return models.Errorf("enroll", models.Unavailable, "%w: %w", errUnknown, err)
}

// sameRecord is true if what was found is what was to be stored. Images settle
// it, since their keys are random; a record without any is known by its times,
// which no store keeps finer than to the microsecond.
func sameRecord(found, r storage.Record) bool {
	a, b := found.Encounter, r.Encounter
	if a.Created.UnixMicro() != b.Created.UnixMicro() || a.Updated.UnixMicro() != b.Updated.UnixMicro() ||
		a.Type != b.Type || len(found.Samples) != len(r.Samples) {
		return false
	}
	for i := range r.Samples {
		x, y := found.Samples[i].Image, r.Samples[i].Image
		if (x == nil) != (y == nil) || x != nil && x.Key != y.Key {
			return false
		}
	}
	return true
}

func entryOf(r storage.Record) models.Entry {
	e := models.Entry{Key: r.Encounter.Key, Status: r.Encounter.Status, Galleries: r.Encounter.Galleries}
	for _, sample := range r.Samples {
		if sample.Template != nil {
			e.Templates = append(e.Templates, *sample.Template)
		}
	}
	return e
}

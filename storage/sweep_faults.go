package storage

import (
	"context"
	"errors"

	"oblik/models"
)

// orphans looks for images that nothing names among those no record does. An
// image was named before it was written, and once nothing names it nothing will.
func (s *sweeper) orphans(ctx context.Context, lengths map[string]int64) error {
	var keys []string
	for key := range lengths {
		keys = append(keys, key)
	}
	named, err := s.names.Named(ctx, keys)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if named[key] {
			continue
		}
		// It may have been deleted since it was listed. Only that is asked: no
		// image has a digest of zeros.
		_, err := s.images.Get(ctx, models.ImageRef{Key: key})
		if models.KindOf(err) == models.NotFound {
			continue
		}
		if err != nil && models.KindOf(err) != models.Integrity {
			return err
		}
		s.report.Orphans++
		s.Found(Finding{Fault: Orphan, Key: key})
		if !s.Repair {
			continue
		}
		if err := s.images.Delete(ctx, key); err != nil {
			return err
		}
		s.report.Removed++
	}
	return nil
}

// read tells whether the image a record named a moment ago is what was stored.
func (s *sweeper) read(ctx context.Context, r reference) error {
	_, err := s.images.Get(ctx, r.image)
	fault := Missing
	switch {
	case err == nil:
		return nil
	case models.KindOf(err) == models.NotFound:
	case models.KindOf(err) == models.Integrity:
		fault = Corrupt
	default:
		return err
	}
	s.faults = append(s.faults, Finding{Fault: fault, Key: r.image.Key, Encounter: r.encounter})
	if len(s.faults) < referencesAtOnce {
		return nil
	}
	return s.confirm(ctx)
}

// confirm reports the faults in images that a record still names: an image is
// deleted only after its record. Its encounter may have moved to another person.
func (s *sweeper) confirm(ctx context.Context) error {
	if len(s.faults) == 0 {
		return nil
	}
	first, last := s.faults[0].Key, s.faults[len(s.faults)-1].Key // they came by key
	faults := map[string]Finding{}
	for _, f := range s.faults {
		faults[f.Key] = f
	}
	s.faults = nil
	var confirmed []Finding
	err := s.names.References(ctx, first[:len(first)-1], func(encounter models.EncounterKey, image models.ImageRef) error {
		if image.Key > last {
			return errFull
		}
		if f, found := faults[image.Key]; found {
			f.Encounter = encounter
			confirmed = append(confirmed, f)
		}
		return ctx.Err()
	})
	if errors.Is(err, errFull) {
		err = nil
	}
	for _, f := range confirmed {
		if f.Fault == Missing {
			s.report.Missing++
		} else {
			s.report.Corrupt++
		}
		s.Found(f)
	}
	return err
}

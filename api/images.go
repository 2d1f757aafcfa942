package api

import (
	"context"
	"errors"
	"slices"

	"oblik/models"
	"oblik/storage"
)

// withImages is a record as its client gave it.
func (s *Service) withImages(ctx context.Context, by Caller, r storage.Record) (models.Encounter, error) {
	e := r.Encounter
	e.Galleries = by.own(e.Galleries)
	e.Samples = make([]models.Sample, len(r.Samples))
	for i, stored := range r.Samples {
		e.Samples[i] = models.Sample{Modality: stored.Modality, Details: stored.Details, Forgotten: stored.Forgotten}
		if stored.Image == nil {
			continue
		}
		data, err := s.image(ctx, *stored.Image)
		if models.KindOf(err) == models.Integrity {
			s.Log.Error("a stored image is damaged or lost; a sweep names whose it is", "image", stored.Image.Key)
		}
		if err != nil {
			return models.Encounter{}, s.missing(ctx, by, r.Encounter.Key, stored.Image.Key, err)
		}
		e.Samples[i].Image = data
	}
	return e, nil
}

func (s *Service) image(ctx context.Context, ref models.ImageRef) (data []byte, err error) {
	if err := s.Impaired(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.StoreTime) // each: there may be many, and large
	defer cancel()
	err = s.observed(ctx, StageImages, func(ctx context.Context) (err error) {
		data, err = s.Images.Get(ctx, ref)
		return err
	})
	return data, err
}

// errChanged says that a record was changed or erased, and its image deleted,
// between the reading of the two.
var errChanged = models.Errorf("read", models.Unavailable, "the record is being changed")

// missing tells an image whose record has changed from one that was lost.
func (s *Service) missing(ctx context.Context, by Caller, key models.EncounterKey, image string, cause error) error {
	if models.KindOf(cause) != models.NotFound {
		return cause
	}
	r, err := s.record(ctx, by, key)
	switch {
	case err != nil && models.KindOf(err) == models.NotFound, err == nil && !slices.Contains(r.ImageKeys(), image):
		return errChanged
	case err != nil:
		return err
	}
	return models.Errorf("read", models.Integrity, "the image of a record is missing: %w", cause)
}

// steady repeats a reading that a change came between, a few times.
func steady(read func() error) (err error) {
	for range 3 {
		if err = read(); !errors.Is(err, errChanged) {
			return err
		}
	}
	return err
}

func imageBytes(records []storage.Record) (size int64) {
	for _, r := range records {
		for _, sample := range r.Samples {
			if sample.Image != nil {
				size += sample.Image.Length
			}
		}
	}
	return size
}

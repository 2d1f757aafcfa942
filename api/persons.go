package api

import (
	"context"

	"oblik/models"
	"oblik/storage"
)

// Read returns an encounter with its images, or [models.NotFound]. An image
// whose bytes are not those that were stored is [models.Integrity] and is
// never given out.
func (s *Service) Read(ctx context.Context, key models.EncounterKey) (models.Encounter, error) {
	if err := key.Validate(); err != nil {
		return models.Encounter{}, err
	}
	if err := s.Ready(); err != nil {
		return models.Encounter{}, err
	}
	brief, cancel := s.brief(ctx)
	defer cancel()
	r, err := s.Encounters.Read(brief, key)
	if err != nil {
		return models.Encounter{}, err
	}
	return s.withImages(ctx, r)
}

// ReadAll returns all of a person's encounters, by encounter id, or
// [models.NotFound]. More than [MaxReadBytes] of images are
// [models.Invalid]: they have to be read one by one.
func (s *Service) ReadAll(ctx context.Context, person models.PersonID) ([]models.Encounter, error) {
	if err := person.Validate(); err != nil {
		return nil, err
	}
	if err := s.Ready(); err != nil {
		return nil, err
	}
	brief, cancel := s.brief(ctx)
	defer cancel()
	records, err := s.Encounters.ReadAll(brief, person)
	if err != nil {
		return nil, err
	}
	var size int64
	for _, r := range records {
		for _, sample := range r.Samples {
			if sample.Image != nil {
				size += sample.Image.Length
			}
		}
	}
	if size > MaxReadBytes {
		return nil, models.Errorf("read", models.Invalid, "the encounters' images have %d bytes: read one encounter at a time", size)
	}
	all := make([]models.Encounter, len(records))
	for i, r := range records {
		if all[i], err = s.withImages(ctx, r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *Service) withImages(ctx context.Context, r storage.Record) (models.Encounter, error) {
	e := r.Encounter
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
			return models.Encounter{}, s.missing(ctx, e.Key, err)
		}
		e.Samples[i].Image = data
	}
	return e, nil
}

func (s *Service) image(ctx context.Context, ref models.ImageRef) ([]byte, error) {
	if err := s.Impaired(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.StoreTime) // each: there may be many, and large
	defer cancel()
	return s.Images.Get(ctx, ref)
}

// missing tells an image erased since the row was read from one that was lost.
func (s *Service) missing(ctx context.Context, key models.EncounterKey, cause error) error {
	if models.KindOf(cause) != models.NotFound {
		return cause
	}
	if _, err := s.Encounters.Read(ctx, key); err != nil {
		return err
	}
	return models.Errorf("read", models.Integrity, "the image of a record is missing: %w", cause)
}

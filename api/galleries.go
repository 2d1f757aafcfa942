package api

import (
	"context"

	"oblik/models"
)

// ListGalleries returns the ids of all galleries that hold an encounter,
// sorted, and of these the client's own; never nil without an error.
func (s *Service) ListGalleries(ctx context.Context, by Caller) (all []models.GalleryID, err error) {
	if err := s.records.err(); err != nil {
		return nil, err
	}
	err = s.ask(ctx, func(ctx context.Context) (err error) {
		all, err = s.Galleries.List(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if all == nil {
		all = []models.GalleryID{}
	}
	return by.own(all), nil
}

// GalleryContent returns the keys of the encounters in a gallery, INACTIVE ones
// too, sorted by person and encounter: at most limit, after the first offset;
// never nil without an error. [models.AllGalleries] holds every encounter, once.
// Any other gallery that holds none is [models.NotFound], and one that is not
// the client's is [models.Forbidden], as is ALL for a client that is limited to
// some.
func (s *Service) GalleryContent(ctx context.Context, by Caller, gallery models.GalleryID, offset, limit int) ([]models.EncounterKey, error) {
	ctx = s.allot(ctx)
	if err := gallery.Validate(); err != nil {
		return nil, err
	}
	if offset < 0 || limit < 0 {
		return nil, models.Errorf("galleries", models.Invalid, "neither offset nor limit may be negative")
	}
	if err := by.holds([]models.GalleryID{gallery}); err != nil {
		return nil, err
	}
	if err := s.records.err(); err != nil {
		return nil, err
	}
	keys, err := s.content(ctx, gallery, offset, limit)
	if err != nil || len(keys) > 0 || gallery == models.AllGalleries {
		return keys, err
	}
	first, err := s.content(ctx, gallery, 0, 1) // a page beyond the end, or no such gallery
	if err == nil && len(first) == 0 {
		err = models.Errorf("galleries", models.NotFound, "unknown gallery")
	}
	if err != nil {
		return nil, err
	}
	return keys, nil
}

func (s *Service) content(ctx context.Context, gallery models.GalleryID, offset, limit int) ([]models.EncounterKey, error) {
	keys := []models.EncounterKey{}
	err := s.ask(ctx, func(ctx context.Context) error {
		found, err := s.Galleries.Content(ctx, gallery, offset, limit)
		keys = append(keys, found...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return keys, nil
}

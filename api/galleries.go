package api

import (
	"context"

	"oblik/models"
)

// ListGalleries returns the ids of all galleries that hold an encounter,
// sorted; never nil without an error.
func (s *Service) ListGalleries(ctx context.Context) ([]models.GalleryID, error) {
	if err := s.Ready(); err != nil {
		return nil, err
	}
	ctx, cancel := s.brief(ctx)
	defer cancel()
	all, err := s.Galleries.List(ctx)
	if all == nil {
		all = []models.GalleryID{}
	}
	return all, err
}

package api

import (
	"context"

	"oblik/models"
)

// ListGalleries returns the ids of all galleries that hold an encounter,
// sorted; never nil.
func (s *Service) ListGalleries(ctx context.Context) ([]models.GalleryID, error) {
	all, err := s.Galleries.List(ctx)
	if all == nil {
		all = []models.GalleryID{}
	}
	return all, err
}

package api

import (
	"context"

	"oblik/models"
)

// fetched is the samples with the images that came by reference, fetched one
// after another.
func (s *Service) fetched(ctx context.Context, samples []models.Sample) ([]models.Sample, error) {
	all := append([]models.Sample(nil), samples...)
	for i := range all {
		if all[i].Ref == "" || all[i].Sealed {
			continue
		}
		if s.Fetch == nil {
			return nil, models.Errorf("fetch", models.Invalid, "references to images are not fetched")
		}
		ctx, done := s.Observer.Stage(ctx, StageFetch)
		data, err := s.Fetch(ctx, all[i].Ref)
		done(err)
		if err != nil {
			return nil, err
		}
		all[i].Image, all[i].Ref = data, ""
	}
	return all, nil
}

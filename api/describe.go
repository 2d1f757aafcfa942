package api

import (
	"context"
	"fmt"

	"oblik/models"
	"oblik/storage"
)

// complete is the samples with the images that came by reference, checked as
// if they had come by value.
func (s *Service) complete(ctx context.Context, samples []models.Sample) ([]models.Sample, error) {
	all, err := s.fetched(ctx, samples)
	if err != nil {
		return nil, err
	}
	for _, sample := range all {
		if err := s.checkSample(sample); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// describe makes the templates, and refuses what the policy does not accept. A
// sealed sample gets none, of whatever modality it is.
func (s *Service) describe(ctx context.Context, samples []models.Sample) ([]storage.StoredSample, []SampleQuality, error) {
	stored := make([]storage.StoredSample, len(samples))
	quality := []SampleQuality{}
	var faces []models.Template
	for i, sample := range samples {
		stored[i] = s.draft(sample)
		if sample.Modality != models.Face || sample.Sealed {
			continue
		}
		x, err := s.extract(ctx, sample)
		if err == nil {
			err = s.Policy.assess(x)
		} else {
			err = s.Policy.toEnrol(err)
		}
		if err != nil && len(samples) > 1 {
			err = about(fmt.Sprintf("sample %d of %d", i+1, len(samples)), err)
		}
		if err != nil {
			return nil, nil, err
		}
		stored[i].Template = &x.Template
		if stored[i].Image != nil {
			stored[i].Image.Width, stored[i].Image.Height = x.Width, x.Height
		}
		faces = append(faces, x.Template)
		quality = append(quality, SampleQuality{Sample: i, Faces: len(x.Faces), Quality: x.Quality})
	}
	return stored, quality, s.onePerson(faces)
}

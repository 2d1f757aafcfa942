package api

import (
	"context"
	"errors"

	"oblik/models"
)

// fetched is the samples with the images that came by reference, fetched one
// after another. One that can't be had is [models.Unfetched], with the
// particulars: also where its server is away, which is no fault of this service.
func (s *Service) fetched(ctx context.Context, samples []models.Sample) ([]models.Sample, error) {
	all := append([]models.Sample(nil), samples...)
	for i := range all {
		if all[i].Ref == "" || all[i].Sealed {
			continue
		}
		if s.Fetch == nil {
			return nil, models.Errorf("fetch", models.Unfetched, "references are not fetched here")
		}
		ctx, done := s.Observer.Stage(ctx, StageFetch)
		data, err := s.Fetch(ctx, all[i].Ref)
		done(err)
		if err != nil {
			return nil, unfetched(ctx, err)
		}
		all[i].Image, all[i].Ref = data, ""
	}
	return all, nil
}

// unfetched tells what Fetch reports from the same faults of our own parts, and
// of a request whose time is over.
func unfetched(ctx context.Context, err error) error {
	const op = "fetch"
	if ctx.Err() != nil {
		return models.Errorf(op, models.Deadline, "%w", ctx.Err())
	}
	var cause *models.Error
	if !errors.As(err, &cause) {
		return err
	}
	switch cause.Kind {
	case models.Invalid:
		return models.Errorf(op, models.Unfetched, "%w", cause.Err)
	case models.Unavailable:
		return models.Errorf(op, models.Unfetched, "it could not be reached, try again later: %w", cause.Err)
	default:
		return err
	}
}

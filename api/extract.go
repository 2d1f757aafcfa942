package api

import (
	"context"
	"errors"
	"fmt"

	"oblik/models"
)

// about says in the text of an error which of several photographs it is of.
func about(which string, err error) error {
	var known *models.Error
	if !errors.As(err, &known) || known.Err == nil {
		return err
	}
	return &models.Error{Op: known.Op, Kind: known.Kind, Err: fmt.Errorf("%s: %w", which, known.Err)}
}

// CheckProbes reports, as [models.Invalid], a set of samples that no face can
// be taken from.
func (s *Service) CheckProbes(samples []models.Sample) error {
	if len(samples) > MaxSamples {
		return models.Errorf("samples", models.Invalid, "%d samples, at most %d are accepted", len(samples), MaxSamples)
	}
	for _, sample := range samples {
		if sample.Modality == models.Face {
			return nil
		}
	}
	return models.Errorf("samples", models.Invalid, "there is no FACE sample to compare")
}

// extractFaces fetches what came by reference and extracts every face sample,
// one after another: a request gets one worker at a time, however many images
// it brings. Samples of other modalities are left out.
func (s *Service) extractFaces(ctx context.Context, samples []models.Sample) ([]models.Extraction, error) {
	samples, err := s.fetched(ctx, samples)
	if err != nil {
		return nil, err
	}
	var found []models.Extraction
	for _, sample := range samples {
		if sample.Modality != models.Face {
			continue
		}
		x, err := s.extract(ctx, sample)
		if err != nil {
			return nil, err
		}
		found = append(found, x)
	}
	return found, nil
}

// extract waits for its turn, by the context's place in the queue (turn.go).
func (s *Service) extract(ctx context.Context, sample models.Sample) (models.Extraction, error) {
	switch {
	case len(sample.Image) == 0:
		return models.Extraction{}, models.Errorf("samples", models.EmptyImage, "a FACE sample needs an image")
	case sample.Sealed:
		return models.Extraction{}, models.Errorf("samples", models.Invalid, "an encrypted face can't be compared")
	case len(sample.Image) > s.Policy.MaxImageBytes:
		return models.Extraction{}, tooLarge(len(sample.Image), s.Policy.MaxImageBytes)
	}
	_, came := s.Observer.Stage(ctx, StageWait)
	give, err := s.turns.take(ctx, s.Workers)
	came(err)
	if err != nil {
		return models.Extraction{}, err
	}
	defer give()
	return s.extractNow(ctx, sample)
}

func (s *Service) extractNow(ctx context.Context, sample models.Sample) (x models.Extraction, err error) {
	ctx, done := s.Observer.Stage(ctx, StageExtract)
	defer func() {
		if r := recover(); r != nil {
			err = models.Errorf("samples", models.Internal, "panic: %v", r)
		}
		done(err)
	}()
	x, err = s.Extractor.Extract(ctx, sample)
	if err == nil && len(x.Faces) == 0 {
		err = models.Errorf("samples", models.Internal, "an extraction without a face")
	}
	return x, err
}

func tooLarge(size, limit int) error {
	return models.Errorf("samples", models.LargeImage, "an image has %d bytes, at most %d are accepted", size, limit)
}

func templates(found []models.Extraction) []models.Template {
	all := make([]models.Template, len(found))
	for i, x := range found {
		all[i] = x.Template
	}
	return all
}

func faceCounts(found []models.Extraction) []int {
	all := make([]int, len(found))
	for i, x := range found {
		all[i] = len(x.Faces)
	}
	return all
}

// both runs a and b at once and waits for both. A panic in b becomes an
// error: in a goroutine of its own it would end the process.
func both(a, b func() error) (errA, errB error) {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- models.Errorf("api", models.Internal, "panic: %v", r)
			}
		}()
		done <- b()
	}()
	defer func() { errB = <-done }() // also when a panics: b's results must not be written after the return
	errA = a()
	return errA, nil
}

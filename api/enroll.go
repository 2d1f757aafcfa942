package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"oblik/models"
	"oblik/storage"
)

// Enrolled says what an enrolment stored.
type Enrolled struct {
	Key     models.EncounterKey
	Quality []SampleQuality // one for each FACE sample; empty if there was none
}

// SampleQuality is what was measured of one face sample.
type SampleQuality struct {
	Sample         int // its index in the encounter's samples
	Faces          int // faces found in the image
	models.Quality     // of the chosen face
}

// Enroll stores an encounter with the templates of its face samples. An empty
// person or encounter id is made up, 26 random letters and digits. Dates are
// the service's own. Samples of other modalities are stored without a
// template; an encounter may have no samples at all, and then never matches.
//
// No search for duplicates takes place. Errors: [models.Invalid], also for face
// samples that do not seem to show one person, [models.Conflict] for a key that
// is taken, an image kind, [models.NoFace], [models.SeveralFaces],
// [models.SmallFace], [models.PoorFace], or what storage reports.
func (s *Service) Enroll(ctx context.Context, e models.Encounter) (Enrolled, error) {
	chosen := e.Key.Person != "" && e.Key.Encounter != ""
	if e.Key.Person == "" {
		e.Key.Person = models.PersonID(rand.Text())
	}
	if e.Key.Encounter == "" {
		e.Key.Encounter = models.EncounterID(rand.Text())
	}
	if err := s.checkEncounter(e); err != nil {
		return Enrolled{}, err
	}
	if chosen { // a taken key is told before the costly part; Create decides
		if err := s.vacant(ctx, e.Key); err != nil {
			return Enrolled{}, err
		}
	}
	samples, quality, err := s.describe(ctx, e.Samples)
	if err != nil {
		return Enrolled{}, err
	}
	if err := s.store(ctx, e, samples); err != nil {
		return Enrolled{}, err
	}
	return Enrolled{Key: e.Key, Quality: quality}, nil
}

func (s *Service) vacant(ctx context.Context, key models.EncounterKey) error {
	_, err := s.Encounters.Read(ctx, key)
	switch {
	case err == nil:
		return models.Errorf("enroll", models.Conflict, "the person has an encounter of this id")
	case models.KindOf(err) == models.NotFound:
		return nil
	}
	return err
}

// describe makes the templates, and refuses what the policy does not accept.
func (s *Service) describe(ctx context.Context, samples []models.Sample) ([]storage.StoredSample, []SampleQuality, error) {
	stored := make([]storage.StoredSample, len(samples))
	quality := []SampleQuality{}
	var faces []models.Template
	for i, sample := range samples {
		stored[i] = storage.StoredSample{Modality: sample.Modality, Details: sample.Details}
		if sample.Modality != models.Face {
			continue
		}
		x, err := s.extract(ctx, sample)
		if err == nil {
			err = s.Policy.assess(x)
		}
		if err != nil && len(samples) > 1 {
			err = about(fmt.Sprintf("sample %d of %d", i+1, len(samples)), err)
		}
		if err != nil {
			return nil, nil, err
		}
		stored[i].Template = &x.Template
		faces = append(faces, x.Template)
		quality = append(quality, SampleQuality{Sample: i, Faces: len(x.Faces), Quality: x.Quality})
	}
	return stored, quality, s.onePerson(faces)
}

// store keeps images first and the row last, and takes the images back if the
// row did not come to be. A crash in between leaves them to the sweep.
func (s *Service) store(ctx context.Context, e models.Encounter, stored []storage.StoredSample) error {
	samples := e.Samples
	e.Samples = nil
	e.Created = time.Now().UTC()
	e.Updated = e.Created
	r := storage.Record{Encounter: e, Samples: stored}
	err := s.putImages(ctx, samples, stored)
	if err == nil {
		err = s.change(ctx, e.Key.Person, func(ctx context.Context) error { return s.commit(ctx, r) })
	}
	if err != nil && !errors.Is(err, errUnknown) {
		s.discard(ctx, stored)
	}
	return err
}

func (s *Service) putImages(ctx context.Context, samples []models.Sample, stored []storage.StoredSample) error {
	for i, sample := range samples {
		if len(sample.Image) == 0 {
			continue
		}
		ref, err := s.Images.Put(ctx, sample.Image)
		if err != nil {
			return err
		}
		stored[i].Image = &ref
	}
	return nil
}

// discard is a best effort: what it can't delete, the next sweep does.
func (s *Service) discard(ctx context.Context, stored []storage.StoredSample) {
	ctx, cancel := settled(ctx)
	defer cancel()
	for _, sample := range stored {
		if sample.Image == nil {
			continue
		}
		if err := s.Images.Delete(ctx, sample.Image.Key); err != nil {
			s.Log.Warn("an image of a refused enrolment is left to the sweep", "error", err)
		}
	}
}

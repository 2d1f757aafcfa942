package api

import (
	"context"
	"crypto/rand"
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
// [models.SmallFace], [models.PoorFace]; [models.Unavailable], after which
// nothing is on record, and [models.Uncertain], after which something may be;
// those of [Once]; or what storage reports.
func (s *Service) Enroll(ctx context.Context, by Caller, e models.Encounter) (Enrolled, error) {
	ctx = s.allot(ctx)
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
	if err := s.readyToStore(); err != nil {
		return Enrolled{}, err
	}
	if err := s.certain(ctx, by, e.Key.Person); err != nil {
		return Enrolled{}, err
	}
	if earlier, err := s.earlier(ctx, by); err != nil || earlier != nil {
		return enrolledBefore(earlier, err)
	}
	if chosen && by.Once == nil { // a taken key is told before the costly part; Create decides
		if err := s.vacant(ctx, e.Key); err != nil {
			return Enrolled{}, err
		}
	}
	samples, quality, err := s.describe(ctx, e.Samples)
	if err != nil {
		return Enrolled{}, err
	}
	return s.store(ctx, by, e, samples, Enrolled{Key: e.Key, Quality: quality})
}

// store is the change itself.
func (s *Service) store(ctx context.Context, by Caller, e models.Encounter, stored []storage.StoredSample, done Enrolled) (Enrolled, error) {
	images := uploads(e.Samples, stored)
	e.Samples = nil
	e.Created = time.Now().UTC()
	e.Updated = e.Created
	r := storage.Record{Encounter: e, Samples: stored}
	earlier, err := s.perform(ctx, change{
		by: by, person: e.Key.Person, encounter: e.Key.Encounter, images: images,
		details: map[string]any{"galleries": e.Galleries, "weights": s.Extractor.Format().Weights, "images": len(images)},
		outcome: outcome{Enrolled: &done},
		rows:    func(ctx context.Context, a storage.Act) error { return s.Encounters.Create(ctx, a, r) },
		index:   func() error { return s.enter(context.WithoutCancel(ctx), r) },
		keys:    func() []models.EncounterKey { return []models.EncounterKey{e.Key} },
	})
	if err != nil || earlier != nil {
		return enrolledBefore(earlier, err)
	}
	return done, nil
}

// enter puts a record that is stored into the index. One that the index does
// not take is erased again: it would be found by some questions and not by others.
func (s *Service) enter(ctx context.Context, r storage.Record) error {
	err := s.Index.Put(entryOf(r))
	if err == nil {
		return nil
	}
	key := r.Encounter.Key
	_, undo := s.performAlone(ctx, change{
		by: Caller{Client: "oblik", Operation: "undo"}, person: key.Person, encounter: key.Encounter,
		rows:  func(ctx context.Context, a storage.Act) error { return s.Encounters.Delete(ctx, a, key) },
		index: func() error { return s.Index.Remove(key) },
		keys:  func() []models.EncounterKey { return []models.EncounterKey{key} },
	})
	if undo != nil {
		return models.Errorf("enroll", models.Uncertain, "%w; %w", err, undo)
	}
	return err
}

// enrolledBefore is the outcome of the first of several equal requests.
func enrolledBefore(o *outcome, err error) (Enrolled, error) {
	if err == nil && o.Enrolled == nil {
		err = models.Errorf("enroll", models.Integrity, "the stored outcome is of another operation")
	}
	if err != nil {
		return Enrolled{}, err
	}
	return *o.Enrolled, nil
}

// earlier looks for the outcome of the same request, sent before.
func (s *Service) earlier(ctx context.Context, by Caller) (*outcome, error) {
	if by.Once == nil {
		return nil, nil //nolint:nilnil // none is no error
	}
	ctx, cancel := s.brief(ctx)
	defer cancel()
	return readOutcome(s.Acts.Outcome(ctx, *by.claim()))
}

func (s *Service) vacant(ctx context.Context, key models.EncounterKey) error {
	ctx, cancel := s.brief(ctx)
	defer cancel()
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
		stored[i] = s.draft(sample)
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
		if stored[i].Image != nil {
			stored[i].Image.Width, stored[i].Image.Height = x.Width, x.Height
		}
		faces = append(faces, x.Template)
		quality = append(quality, SampleQuality{Sample: i, Faces: len(x.Faces), Quality: x.Quality})
	}
	return stored, quality, s.onePerson(faces)
}

package api

import (
	"context"
	"crypto/rand"

	"oblik/models"
	"oblik/storage"
)

// Enrolled says what an enrolment stored.
type Enrolled struct {
	Key     models.EncounterKey
	Quality []SampleQuality // one for each FACE sample that is not sealed; empty if there was none
}

// SampleQuality is what was measured of one face sample.
type SampleQuality struct {
	Sample         int // its index in the encounter's samples
	Faces          int // faces found in the image
	models.Quality     // of the chosen face
}

// Enroll stores an encounter with the templates of its face samples. An empty
// person or encounter id is made up, 26 random letters and digits. Dates are
// the service's own. Samples of other modalities, and sealed ones, are stored
// without a template; an encounter may have no samples at all, and then never
// matches.
//
// No search for duplicates takes place. A client that is limited to some
// galleries may enrol into these a person who is not on record, or all of whose
// encounters it may change. Anybody else is [models.Forbidden], whether the key is
// taken or not: another man's photograph could be put under that person's id.
//
// Errors: those of [Service.CheckEncounter]; [models.Invalid] for face samples
// that do not seem to show one person, [models.Conflict] for a key that is taken,
// an image kind, [models.NoFace], [models.SeveralFaces], [models.SmallFace],
// [models.PoorFace], [models.Unfetched]; [models.Unavailable], after which nothing
// is on record, and [models.Uncertain], after which something may be; those of
// [Once]; or what storage reports.
func (s *Service) Enroll(ctx context.Context, by Caller, e models.Encounter) (Enrolled, error) {
	given := e.Key
	if e.Key.Person == "" {
		e.Key.Person = models.PersonID(rand.Text())
	}
	if e.Key.Encounter == "" {
		e.Key.Encounter = models.EncounterID(rand.Text())
	}
	return s.write(ctx, by, e, writing{
		look: func(ctx context.Context) error {
			if given.Person == "" {
				return nil
			}
			if !by.unlimited() {
				err := s.ask(ctx, func(ctx context.Context) error { return s.extensible(ctx, by, given.Person) })
				if err != nil {
					return err
				}
			}
			if given.Encounter == "" {
				return nil
			}
			return s.vacant(ctx, e.Key)
		},
		rows: func(ctx context.Context, a storage.Act, r storage.Record) error {
			if err := s.extensible(ctx, by, e.Key.Person); err != nil {
				return err
			}
			return s.Encounters.Create(ctx, a, r)
		},
		index: func(r storage.Record) error { return s.Index.Put(entryOf(r)) },
		undo:  func() error { return s.undo(ctx, e.Key) },
	})
}

// extensible is nil if the client may give the person one encounter more. Only of
// a client that is limited is anything read.
func (s *Service) extensible(ctx context.Context, by Caller, person models.PersonID) error {
	if by.unlimited() {
		return nil
	}
	records, err := s.Encounters.ReadAll(ctx, person)
	if err != nil {
		if models.KindOf(err) == models.NotFound {
			return nil
		}
		return err
	}
	for _, r := range records {
		if err := by.holds(r.Encounter.Galleries); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) vacant(ctx context.Context, key models.EncounterKey) error {
	err := s.ask(ctx, func(ctx context.Context) error {
		_, err := s.Encounters.Read(ctx, key)
		return err
	})
	switch {
	case err == nil:
		return models.Errorf("enroll", models.Conflict, "the person has an encounter of this id")
	case models.KindOf(err) == models.NotFound:
		return nil
	}
	return err
}

// undo erases a record that the index did not take.
func (s *Service) undo(ctx context.Context, key models.EncounterKey) error {
	_, err := s.performAlone(context.WithoutCancel(ctx), change{
		by: Caller{Client: "oblik", Operation: "undo"}, person: key.Person, encounter: key.Encounter,
		rows:  func(ctx context.Context, a storage.Act) error { return s.Encounters.Delete(ctx, a, key) },
		index: func() error { return s.Index.Remove(key) },
		keys:  func() []models.EncounterKey { return []models.EncounterKey{key} },
	})
	return err
}

package api

import (
	"context"
	"slices"

	"oblik/models"
	"oblik/storage"
)

// Read returns an encounter with its images, or [models.NotFound]. Of its
// galleries a client that is limited to some is told its own. An image whose
// bytes are not those that were stored is [models.Integrity] and is never given
// out.
func (s *Service) Read(ctx context.Context, by Caller, key models.EncounterKey) (models.Encounter, error) {
	if err := key.Validate(); err != nil {
		return models.Encounter{}, err
	}
	if err := s.records.err(); err != nil {
		return models.Encounter{}, err
	}
	var e models.Encounter
	err := steady(func() error {
		r, err := s.record(ctx, by, key)
		if err == nil {
			e, err = s.withImages(ctx, by, r)
		}
		return err
	})
	if err != nil {
		return models.Encounter{}, err
	}
	return e, nil
}

// ReadAll returns all of a person's encounters that are visible to the client,
// by encounter id, or [models.NotFound] if there is none. More than
// [MaxReadBytes] of images are [models.Invalid]: they have to be read one by one.
// Else as [Service.Read].
func (s *Service) ReadAll(ctx context.Context, by Caller, person models.PersonID) ([]models.Encounter, error) {
	if err := person.Validate(); err != nil {
		return nil, err
	}
	if err := s.records.err(); err != nil {
		return nil, err
	}
	var all []models.Encounter
	err := steady(func() (err error) {
		all, err = s.readAll(ctx, by, person)
		return err
	})
	return all, err
}

func (s *Service) readAll(ctx context.Context, by Caller, person models.PersonID) ([]models.Encounter, error) {
	records, err := s.recordsOf(ctx, by, person)
	if err != nil {
		return nil, err
	}
	if size := imageBytes(records); size > MaxReadBytes {
		return nil, models.Errorf("read", models.Invalid, "the encounters' images have %d bytes: read one encounter at a time", size)
	}
	all := make([]models.Encounter, len(records))
	for i, r := range records {
		if all[i], err = s.withImages(ctx, by, r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// record reads one record that the client may see.
func (s *Service) record(ctx context.Context, by Caller, key models.EncounterKey) (r storage.Record, err error) {
	err = s.ask(ctx, func(ctx context.Context) (err error) {
		r, err = s.Encounters.Read(ctx, key)
		return err
	})
	if err == nil && !by.sees(r.Encounter.Galleries) {
		err = unknown()
	}
	if err != nil {
		return storage.Record{}, known(err)
	}
	return r, nil
}

// recordsOf reads those of a person's records that the client may see; at
// least one.
func (s *Service) recordsOf(ctx context.Context, by Caller, person models.PersonID) (all []storage.Record, err error) {
	err = s.ask(ctx, func(ctx context.Context) (err error) {
		all, err = s.Encounters.ReadAll(ctx, person)
		return err
	})
	all = slices.DeleteFunc(all, func(r storage.Record) bool { return !by.sees(r.Encounter.Galleries) })
	if err == nil && len(all) == 0 {
		err = unknown()
	}
	if err != nil {
		return nil, known(err)
	}
	return all, nil
}

// OnRecord says whether an encounter is there or, if key names none, a person.
func (s *Service) OnRecord(ctx context.Context, key models.EncounterKey) (bool, error) {
	err := s.ask(ctx, func(ctx context.Context) (err error) {
		if key.Encounter == "" {
			_, err = s.Encounters.Templates(ctx, key.Person, models.AllGalleries)
		} else {
			_, err = s.Encounters.Read(ctx, key)
		}
		return err
	})
	if err != nil && models.KindOf(err) == models.NotFound {
		return false, nil
	}
	return err == nil, err
}

package api

import (
	"context"
	"errors"

	"oblik/models"
)

// Load fills the index from the store; the service answers identifications
// once it has succeeded. Changes are refused as [models.Unavailable]
// meanwhile: one that fell between the snapshot and its last entry would be lost.
//
// An entry with a damaged template is left out of the index and the number of
// these logged: one flipped bit must not keep the service from all others. A
// verification against it says [models.Integrity], and it can be erased.
func (s *Service) Load(ctx context.Context) (err error) {
	s.loading.Lock()
	defer s.loading.Unlock()
	const batch = 1024
	entries := make([]models.Entry, 0, batch)
	var known []models.EncounterKey
	defer func() {
		if err != nil { // what is erased before the next attempt must not stay
			err = errors.Join(err, s.Index.Remove(known...))
		}
	}()
	damaged := 0
	flush := func() error {
		n, err := s.index(entries)
		damaged += n
		for _, e := range entries {
			known = append(known, e.Key)
		}
		entries = entries[:0]
		return err
	}
	err = s.Encounters.Scan(ctx, func(e models.Entry) error {
		if entries = append(entries, e); len(entries) < batch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	if damaged > 0 {
		s.Log.Error("encounters with a damaged template are left out of searches", "encounters", damaged)
	}
	s.loaded.Store(true)
	return nil
}

// index puts a batch of entries, and where one of them is damaged all one by
// one, so that its neighbours are not lost with it. It returns the number of
// damaged ones.
func (s *Service) index(entries []models.Entry) (damaged int, err error) {
	err = s.Index.Put(entries...)
	if err == nil || models.KindOf(err) != models.Integrity {
		return 0, err
	}
	for _, e := range entries {
		err := s.Index.Put(e)
		if err == nil {
			continue
		}
		if models.KindOf(err) != models.Integrity {
			return damaged, err
		}
		damaged++
	}
	return damaged, nil
}

package api

import (
	"context"
	"time"

	"oblik/models"
)

// Load fills the index from the store, anew if it was filled before; the service
// answers identifications once it has succeeded. Changes are refused as
// [models.Unavailable] meanwhile: one that fell between the snapshot and its last
// entry would be lost. Those of other services are taken over from the log of
// changes, from where it stood before the snapshot.
//
// An entry with a damaged template is left out of the index and the number of
// these logged: one flipped bit must not keep the service from all others. A
// verification against it says [models.Integrity], and it can be erased.
func (s *Service) Load(ctx context.Context) (err error) {
	s.loading.Lock()
	defer s.loading.Unlock()
	s.unload()
	s.Index.Reset()
	defer func() {
		if err != nil { // what is erased before the next attempt must not stay
			s.Index.Reset()
		}
	}()
	gone, read := s.records.gone.Load(), time.Now()
	place, err := s.Changes.Head(ctx)
	if err != nil {
		return err
	}
	const batch = 1024
	entries := make([]models.Entry, 0, batch)
	damaged := 0
	flush := func() error {
		n, err := s.index(entries)
		damaged += n
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
	s.step.begin(place, read, gone)
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

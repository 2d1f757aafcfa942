package storagetest

import (
	"context"
	"time"

	"oblik/models"
	"oblik/storage"
)

// losing is a store whose updates forget what was written since they looked.
type losing struct{ storage.Encounters }

func loseUpdates(s Stores) Stores {
	s.Encounters = losing{s.Encounters}
	return s
}

func (l losing) Update(ctx context.Context, a storage.Act, key models.EncounterKey, change func(*storage.Record) error) error {
	old, err := l.Read(ctx, key)
	if err != nil {
		return err
	}
	time.Sleep(time.Millisecond) // for others to come between
	return l.Encounters.Update(ctx, a, key, func(r *storage.Record) error {
		r.Encounter.Type = old.Encounter.Type
		return change(r)
	})
}

// moving is a store that merges by one move after another.
type moving struct {
	storage.Mover
	stores Stores
}

func mergeInPieces(s Stores) Stores {
	s.Mover = moving{s.Mover, s}
	return s
}

func (m moving) Merge(ctx context.Context, a storage.Act, target, source models.PersonID) error {
	all, err := m.stores.Encounters.ReadAll(ctx, source)
	if err != nil {
		return err
	}
	for _, r := range all[:len(all)-1] {
		if err := move(m.stores, target, source, r.Encounter.Key.Encounter); err != nil {
			return err
		}
	}
	return m.Move(ctx, a, target, source, all[len(all)-1].Encounter.Key.Encounter)
}

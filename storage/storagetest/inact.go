package storagetest

import (
	"context"
	"errors"
	"time"

	"pgregory.net/rapid"

	"oblik/models"
	"oblik/storage"
)

// ample is a lease that no test outlives.
const ample = time.Hour

func newAct() storage.Act {
	return storage.Act{ID: storage.NewKey(), Client: "desk-1", Operation: "test", Transaction: "t 1/é"}
}

// begin starts an act that will store images under keys.
func begin(t rapid.TB, s Stores, keys ...string) storage.Act {
	t.Helper()
	a := newAct()
	outcome, err := s.Acts.Begin(context.Background(), a, keys, ample)
	Must(t, err)
	if outcome != nil {
		t.Fatalf("an act without a claim has the outcome %q", outcome)
	}
	return a
}

// inAct makes a change in an act of its own. If the change is refused the act
// is abandoned and the refusal returned. It may run beside others.
func inAct(s Stores, keys []string, change func(storage.Act) error) error {
	ctx, a := context.Background(), newAct()
	if _, err := s.Acts.Begin(ctx, a, keys, ample); err != nil {
		return err
	}
	refusal := change(a)
	if refusal == nil {
		return nil
	}
	committed, err := s.Acts.Abandon(ctx, a)
	if err != nil {
		return err
	}
	if committed {
		return errors.Join(errors.New("a change that failed is committed"), refusal)
	}
	return refusal
}

// create, erase, erasePerson, merge and move are the changes, each in an act of its own.

func create(s Stores, r storage.Record) error {
	return inAct(s, r.ImageKeys(), func(a storage.Act) error { return s.Encounters.Create(context.Background(), a, r) })
}

func update(s Stores, key models.EncounterKey, images []string, change func(*storage.Record) error) error {
	return inAct(s, images, func(a storage.Act) error { return s.Encounters.Update(context.Background(), a, key, change) })
}

func erase(s Stores, key models.EncounterKey) error {
	return inAct(s, nil, func(a storage.Act) error { return s.Encounters.Delete(context.Background(), a, key) })
}

func erasePerson(s Stores, person models.PersonID) error {
	return inAct(s, nil, func(a storage.Act) error { return s.Encounters.DeletePerson(context.Background(), a, person) })
}

func merge(s Stores, target, source models.PersonID) error {
	return inAct(s, nil, func(a storage.Act) error { return s.Mover.Merge(context.Background(), a, target, source) })
}

func move(s Stores, target, source models.PersonID, encounter models.EncounterID) error {
	return inAct(s, nil, func(a storage.Act) error {
		return s.Mover.Move(context.Background(), a, target, source, encounter)
	})
}

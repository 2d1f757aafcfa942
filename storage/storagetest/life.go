package storagetest

import (
	"context"
	"testing"

	"oblik/models"
	"oblik/storage"
)

func cancelled(t *testing.T, s Stores) {
	r := record("p1", "e1")
	Must(t, create(s, r))
	a := begin(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	key := r.Encounter.Key
	for name, f := range map[string]func() error{
		"Begin":        func() error { _, err := s.Acts.Begin(ctx, newAct(), nil, ample); return err },
		"Outcome":      func() error { _, err := s.Acts.Outcome(ctx, storage.Claim{}); return err },
		"Abandon":      func() error { _, err := s.Acts.Abandon(ctx, a); return err },
		"Reap":         func() error { _, err := s.Acts.Reap(ctx); return err },
		"Create":       func() error { return s.Encounters.Create(ctx, a, record("p2", "e1")) },
		"Update":       func() error { return s.Encounters.Update(ctx, a, key, func(*storage.Record) error { return nil }) },
		"Read":         func() error { _, err := s.Encounters.Read(ctx, key); return err },
		"ReadAll":      func() error { _, err := s.Encounters.ReadAll(ctx, key.Person); return err },
		"Delete":       func() error { return s.Encounters.Delete(ctx, a, key) },
		"DeletePerson": func() error { return s.Encounters.DeletePerson(ctx, a, key.Person) },
		"Templates":    func() error { _, err := s.Encounters.Templates(ctx, key.Person, "g1"); return err },
		"Scan":         func() error { return s.Encounters.Scan(ctx, func(models.Entry) error { return nil }) },
		"Merge":        func() error { return s.Mover.Merge(ctx, a, "p2", "p1") },
		"Move":         func() error { return s.Mover.Move(ctx, a, "p2", "p1", "e1") },
		"List":         func() error { _, err := s.Galleries.List(ctx); return err },
		"Content":      func() error { _, err := s.Galleries.Content(ctx, "g1", 0, 1); return err },
		"Pending":      func() error { _, err := s.Outbox.Pending(ctx, 1); return err },
		"Done":         func() error { return s.Outbox.Done(ctx, storage.NewKey()) },
		"Append":       func() error { return s.Trail.Append(ctx, newAct()) },
		"Events":       func() error { return s.Trail.Events(ctx, 0, func(storage.Event) error { return nil }) },
		"Named":        func() error { _, err := s.Names.Named(ctx, []string{storage.NewKey()}); return err },
		"References": func() error {
			return s.Names.References(ctx, "", func(models.EncounterKey, models.ImageRef) error { return nil })
		},
		"Add":    func() error { return s.Tasks.Add(ctx, task("t", 0, 0)) },
		"Save":   func() error { _, err := s.Tasks.Save(ctx, task("t", 0, 0)); return err },
		"Task":   func() error { _, err := s.Tasks.Read(ctx, "t"); return err },
		"Head":   func() error { _, err := s.Tasks.Head(ctx, "t"); return err },
		"Next":   func() error { _, err := s.Tasks.Next(ctx, models.StageWork, ample); return err },
		"Expire": func() error { _, err := s.Tasks.Expire(ctx, 0); return err },
		"Count":  func() error { _, err := s.Tasks.Count(ctx); return err },
		"Held":   func() error { _, err := s.Tasks.Held(ctx); return err },
		"Failed": func() error { _, _, err := s.Attempts.Failed(ctx, key.Person); return err },
		"Fail":   func() error { return s.Attempts.Fail(ctx, key.Person) },
		"Clear":  func() error { return s.Attempts.Clear(ctx, key.Person) },
		"Locked": func() error {
			return s.Attempts.Locked(ctx, 1, func(models.PersonID, int) error { return nil })
		},
	} {
		wantCancelled(t, name, f())
	}
	wantScan(t, s, []storage.Record{r}) // nothing changed, and the store goes on
	Must(t, s.Encounters.Delete(context.Background(), a, key))
}

func reopen(t *testing.T, s Stores) {
	r, _ := pictured(t, s, "p1", "e1", 1)
	ref := *r.Samples[0].Image
	data, err := s.Images.Get(context.Background(), ref)
	Must(t, err)
	s = s.Reopen(t)
	wantRecord(t, s, r)
	wantImage(t, s, ref, data)
}

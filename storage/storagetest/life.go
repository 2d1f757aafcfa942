package storagetest

import (
	"context"
	"errors"
	"testing"

	"oblik/models"
	"oblik/storage"
)

func cancelled(t *testing.T, s Stores) {
	r := record("p1", "e1")
	ref := put(t, s, 10)
	must(t, s.Encounters.Create(context.Background(), r))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	key := r.Encounter.Key
	for name, f := range map[string]func() error{
		"Put":          func() error { _, err := s.Images.Put(ctx, []byte("x")); return err },
		"Get":          func() error { _, err := s.Images.Get(ctx, ref); return err },
		"Create":       func() error { return s.Encounters.Create(ctx, record("p2", "e1")) },
		"Read":         func() error { _, err := s.Encounters.Read(ctx, key); return err },
		"ReadAll":      func() error { _, err := s.Encounters.ReadAll(ctx, key.Person); return err },
		"Delete":       func() error { return s.Encounters.Delete(ctx, key) },
		"DeletePerson": func() error { return s.Encounters.DeletePerson(ctx, key.Person) },
		"Templates":    func() error { _, err := s.Encounters.Templates(ctx, key.Person, "g1"); return err },
		"Scan":         func() error { return s.Encounters.Scan(ctx, func(models.Entry) error { return nil }) },
		"List":         func() error { _, err := s.Galleries.List(ctx); return err },
		"Pending":      func() error { _, err := s.Outbox.Pending(ctx, 1); return err },
		"Sweep":        func() error { _, err := s.Sweeper.Sweep(ctx); return err },
	} {
		if err := f(); !errors.Is(err, context.Canceled) || models.KindOf(err) != models.Deadline {
			t.Errorf("%s: %v, want a deadline that is context.Canceled", name, err)
		}
	}
	wantScan(t, s, []storage.Record{r}) // nothing changed, and the store goes on
}

func reopen(t *testing.T, s Stores) {
	if s.Reopen == nil {
		t.Skip("this store is not closed")
	}
	r := record("p1", "e1")
	data := random(1000)
	ref, err := s.Images.Put(context.Background(), data)
	must(t, err)
	r.Samples[0].Image = &ref
	must(t, s.Encounters.Create(context.Background(), r))
	s = s.Reopen(t)
	got, err := s.Encounters.Read(context.Background(), r.Encounter.Key)
	must(t, err)
	equal(t, got, r)
	wantImage(t, s, ref, data)
}

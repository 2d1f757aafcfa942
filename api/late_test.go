package api

import (
	"context"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/local"
)

// A late image waits for its time and is then taken once; the oldest are
// forgotten where there are too many.
func TestLate(t *testing.T) {
	var l late
	l.add([]string{"a", "b"})
	if _, ok := l.next(); ok {
		t.Error("an image is taken before its time")
	}
	if left := l.without([]string{"a", "x", "b"}); len(left) != 1 || left[0] != "x" {
		t.Errorf("%q need not wait", left)
	}
	l.all[0].at = time.Now()
	if key, ok := l.next(); !ok || key != "a" {
		t.Errorf("%q, %v", key, ok)
	}
	if _, ok := l.next(); ok {
		t.Error("the other one is taken before its time")
	}
	l.add(make([]string, maxLate))
	if len(l.all) != maxLate {
		t.Errorf("%d are kept", len(l.all))
	}
}

// deletions counts them.
type deletions struct {
	storage.Images
	n int
}

func (d *deletions) Delete(ctx context.Context, key string) error {
	d.n++
	return d.Images.Delete(ctx, key)
}

// A late image that is in the outbox is deleted once.
func TestLateIsDeletedOnce(t *testing.T) {
	ctx := context.Background()
	store, err := local.Open(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	images := &deletions{Images: store.Images()}
	s := build(Parts{Images: images, Outbox: store})
	act, key := storage.Act{ID: storage.NewKey()}, storage.NewKey()
	if _, err := store.Begin(ctx, act, []string{key}, actLease); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Abandon(ctx, act); err != nil {
		t.Fatal(err)
	}
	s.late.add([]string{key})
	if n, err := s.DrainOutbox(ctx); n != 0 || err != nil {
		t.Errorf("%d deleted before their time, %v", n, err)
	}
	s.late.all[0].at = time.Now()
	if err := s.deleteLate(ctx); err != nil {
		t.Error(err)
	}
	if n, err := s.DrainOutbox(ctx); n != 0 || err != nil || images.n != 1 {
		t.Errorf("%d deleted afterwards, %d in all, %v", n, images.n, err)
	}
}

// With too many changes in doubt no more are begun.
func TestTooManyDoubts(t *testing.T) {
	var d doubts
	d.add(make([]doubt, maxDoubts-1)...)
	if err := d.room(); err != nil {
		t.Error(err)
	}
	d.add(doubt{act: storage.Act{ID: "last", Person: "p"}})
	if err := d.room(); models.KindOf(err) != models.Unavailable {
		t.Errorf("%v", err)
	}
	if !d.about([]models.PersonID{"p"}, nil) || d.about([]models.PersonID{"q"}, nil) {
		t.Error("a doubt is of another person")
	}
	d.settled("last")
	if d.room() != nil || d.about([]models.PersonID{"p"}, nil) {
		t.Error("a settled doubt counts")
	}
}

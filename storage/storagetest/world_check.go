package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"oblik/models"
	"oblik/storage"
)

// look reads all that is stored, in every way there is, and compares the ways.
func (w *world) look() (state, error) {
	ctx, s := context.Background(), w.stores
	end := state{}
	keys, err := s.Galleries.Content(ctx, models.AllGalleries, 0, 1000)
	if err != nil {
		return nil, err
	}
	galleries := map[models.GalleryID]bool{}
	for _, key := range keys {
		r, err := s.Encounters.Read(ctx, key)
		if err != nil {
			return nil, err
		}
		end[key] = normal(r)
		for _, g := range r.Encounter.Galleries {
			galleries[g] = true
		}
	}
	listed, err := s.Galleries.List(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(listed, slices.Sorted(maps.Keys(galleries))) {
		return nil, errors.New("the galleries listed are not those of the records")
	}
	var scanned []models.Entry
	if err := s.Encounters.Scan(ctx, func(e models.Entry) error { scanned = append(scanned, e); return nil }); err != nil {
		return nil, err
	}
	if !slices.Equal(lines(scanned), lines(end.entries(func(storage.Record) bool { return true }))) {
		return nil, errors.New("a scan does not give the entries of the records")
	}
	return end, nil
}

// checkImages: at a stop every image is named by one record or by the outbox.
func (w *world) checkImages(history []line) error {
	for _, l := range history {
		for _, key := range l.step.record.ImageKeys() {
			w.images[key] = true
		}
	}
	want := maps.Clone(w.images)
	for _, r := range w.state {
		for _, key := range r.ImageKeys() {
			delete(want, key)
		}
	}
	pending, err := w.stores.Outbox.Pending(context.Background(), 1<<20)
	if err != nil {
		return err
	}
	for _, key := range pending {
		if !want[key] {
			return errors.New("an image is queued that is a record's, or twice")
		}
		delete(want, key)
		delete(w.images, key)
		if err := w.stores.Outbox.Done(context.Background(), key); err != nil {
			return err
		}
	}
	if len(want) > 0 {
		return fmt.Errorf("%d images are named by nothing", len(want))
	}
	return nil
}

// checkTrail: there is a line for every change that was made.
func (w *world) checkTrail(history []line) error {
	want := 0
	for _, l := range history {
		if l.step.changes() && l.answer.kind == ok {
			want++
		}
	}
	got := 0
	err := w.stores.Trail.Events(context.Background(), w.line, func(e storage.Event) error {
		got++
		w.line = e.Seq
		return nil
	})
	if err == nil && got != want {
		err = fmt.Errorf("%d lines in the trail for %d changes", got, want)
	}
	return err
}

package api_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
	"oblik/storage"
)

// brokenRows fail to be created, before or after they were written.
type brokenRows struct {
	storage.Encounters
	fails, written, readFails bool
	another                   func(*storage.Record) // written in place of the record
}

var errBroken = models.Errorf("test", models.Unavailable, "as asked")

func (b brokenRows) Create(ctx context.Context, r storage.Record) error {
	if b.fails && !b.written {
		return errBroken
	}
	if b.another != nil {
		b.another(&r)
	}
	err := b.Encounters.Create(ctx, r)
	if err == nil && b.fails {
		return errBroken
	}
	return err
}

func (b brokenRows) Read(ctx context.Context, key models.EncounterKey) (storage.Record, error) {
	r, err := b.Encounters.Read(ctx, key)
	if b.readFails && err == nil {
		return storage.Record{}, errBroken
	}
	return r, err
}

// brokenImages do not keep one image.
type brokenImages struct{ storage.Images }

func (b brokenImages) Put(ctx context.Context, data []byte) (models.ImageRef, error) {
	if bytes.Equal(data, []byte("ann~0.1")) {
		return models.ImageRef{}, errBroken
	}
	return b.Images.Put(ctx, data)
}

func TestEnrollWhenTheStoreFails(t *testing.T) {
	for name, c := range map[string]struct {
		rows   brokenRows
		second string // the second image
		fails  bool
		images int // that remain
	}{
		"second image":                    {brokenRows{}, "ann~0.1", true, 0},
		"row not written":                 {brokenRows{fails: true}, "ann", true, 0},
		"row written, error all the same": {brokenRows{fails: true, written: true}, "ann", false, 2},
		"unknown":                         {brokenRows{fails: true, written: true, readFails: true}, "ann", true, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(p *api.Parts) {
				c.rows.Encounters = p.Encounters
				p.Encounters, p.Images = c.rows, brokenImages{p.Images}
			})
			_, err := w.Enroll(context.Background(), visit("p", "", face("ann"), face(c.second)))
			if c.fails != (err != nil) || c.fails && !errors.Is(err, errBroken) {
				t.Errorf("error %v", err)
			}
			report, err := w.store.Sweep(context.Background())
			if err != nil || report.Images != c.images || report.Strays != 0 || report.Missing != 0 {
				t.Errorf("%+v, %v, want %d images", report, err, c.images)
			}
		})
	}
}

// After a Create that failed and yet stored, the record is known again, with
// images or without; another one under its key is never taken for it.
func TestEnrollKnowsItsRecord(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		another func(*storage.Record)
		same    bool
	}{
		"the same":         {func(*storage.Record) {}, true},
		"nanoseconds lost": {func(r *storage.Record) { r.Encounter.Created = r.Encounter.Created.Truncate(time.Microsecond) }, true},
		"created later":    {func(r *storage.Record) { r.Encounter.Created = r.Encounter.Created.Add(time.Microsecond) }, false},
		"updated later":    {func(r *storage.Record) { r.Encounter.Updated = r.Encounter.Updated.Add(time.Microsecond) }, false},
		"another type":     {func(r *storage.Record) { r.Encounter.Type = "other" }, false},
		"another sample":   {func(r *storage.Record) { r.Samples = append(r.Samples, storage.StoredSample{Modality: "IRIS"}) }, false},
		"another image": {func(r *storage.Record) {
			for i := range r.Samples {
				if r.Samples = slices.Clone(r.Samples); r.Samples[i].Image != nil {
					r.Samples[i].Image = &models.ImageRef{Key: strings.Repeat("0", 32)}
				}
			}
		}, false},
		"no image": {func(r *storage.Record) {
			for i := range r.Samples {
				r.Samples = slices.Clone(r.Samples)
				r.Samples[i].Image = nil
			}
		}, false},
	} {
		for i, samples := range [][]models.Sample{nil, {{Modality: "FINGER"}}, faces("ann")} {
			if i < 2 && strings.HasSuffix(name, "image") {
				continue
			}
			w := newWorld(t, func(p *api.Parts) {
				p.Encounters = brokenRows{Encounters: p.Encounters, fails: true, written: true, another: c.another}
			})
			_, err := w.Enroll(ctx, visit("p", "", samples...))
			if c.same != (err == nil) {
				t.Errorf("%s, samples %d: %v", name, i, err)
			}
			if indexed := w.parts.Index.Len() == 1; indexed != c.same {
				t.Errorf("%s, samples %d: in the index: %v", name, i, indexed)
			}
		}
	}
}

// fullIndex takes no entry.
type fullIndex struct{ matcher.Index }

func (fullIndex) Put(entries ...models.Entry) error {
	if len(entries) == 0 {
		return nil // of an empty store
	}
	return errBroken
}

// undeletableRows can't be taken back.
type undeletableRows struct{ storage.Encounters }

func (undeletableRows) Delete(context.Context, models.EncounterKey) error { return errBroken }

// An enrolment that the index does not take is undone; one that can't be undone
// keeps its images, since its row names them.
func TestEnrollWhenTheIndexFails(t *testing.T) {
	ctx := context.Background()
	for _, undone := range []bool{true, false} {
		w := newWorld(t, func(p *api.Parts) {
			p.Index = fullIndex{p.Index}
			if !undone {
				p.Encounters = undeletableRows{p.Encounters}
			}
		})
		_, err := w.Enroll(ctx, visit("p", "e", face("ann")))
		if !errors.Is(err, errBroken) {
			t.Errorf("undone %v: %v", undone, err)
		}
		_, err = w.Read(ctx, visit("p", "e").Key)
		if undone {
			wantKind(t, err, models.NotFound)
		} else if err != nil {
			t.Error(err)
		}
		images := map[bool]int{true: 0, false: 1}[undone]
		if report, err := w.store.Sweep(ctx); err != nil || report.Images != images || report.Missing != 0 {
			t.Errorf("undone %v: %+v, %v", undone, report, err)
		}
	}
}

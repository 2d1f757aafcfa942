package api_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

// matches says if a face is its person's, in the index and one to one.
func (w world) matches(t testing.TB, person models.PersonID, name string) bool {
	t.Helper()
	ctx := context.Background()
	d, err := w.Verify(ctx, by, person, models.AllGalleries, faces(name), nil)
	if err != nil {
		t.Fatal(err)
	}
	found, err := w.Identify(ctx, by, models.AllGalleries, faces(name), api.IdentifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	named := slices.ContainsFunc(found.Candidates, func(c models.Candidate) bool { return c.Person == person })
	if named != d.Match {
		t.Errorf("%s: found %v, verified %v", name, named, d.Match)
	}
	return d.Match
}

// An update replaces everything but the day of creation; the old photograph and
// its template are gone when it returns.
func TestUpdateReplaces(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	old := in(visit("p", "e", face("ann"), models.Sample{Modality: "FINGER", Image: []byte("ridges")}), "a", "b")
	old.ClientData, old.Biographic = []byte("x"), []byte(`{"a":1}`)
	w.enroll(t, old)
	before, err := w.Read(ctx, by, old.Key)
	if err != nil {
		t.Fatal(err)
	}
	next := in(visit("p", "e", face("bob")), "c")
	next.Type, next.Contextual = "renewal", []byte(`{"b":2}`)
	done, err := w.Update(ctx, by, next)
	if err != nil || done.Key != next.Key || len(done.Quality) != 1 || done.Quality[0].InterEye != 60 {
		t.Fatalf("%+v, %v", done, err)
	}
	got, err := w.Read(ctx, by, old.Key)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Created.Equal(before.Created) || !got.Updated.After(before.Updated) {
		t.Errorf("created %v, updated %v; before %v, %v", got.Created, got.Updated, before.Created, before.Updated)
	}
	if got.Type != "renewal" || got.ClientData != nil || got.Biographic != nil || string(got.Contextual) != `{"b":2}` ||
		!slices.Equal(got.Galleries, next.Galleries) || len(got.Samples) != 1 || !bytes.Equal(got.Samples[0].Image, []byte("bob")) {
		t.Errorf("read %+v", got)
	}
	if w.matches(t, "p", "ann") || !w.matches(t, "p", "bob") {
		t.Error("the old face matches, or the new one does not")
	}
	if keys, err := w.store.Pending(ctx, 10); err != nil || len(keys) != 0 {
		t.Errorf("%d old images are left; %v", len(keys), err)
	}
	if _, err := w.Update(ctx, by, in(visit("p", "e"), "c")); err != nil || w.matches(t, "p", "bob") {
		t.Errorf("an update without a photograph matches; %v", err)
	}
	if report := w.swept(t); report != kept(0) || w.parts.Index.Len() != 1 {
		t.Errorf("%+v, %d in the index", report, w.parts.Index.Len())
	}
}

func TestUpdateRefused(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	with := func(f func(*models.Encounter)) models.Encounter {
		e := visit("p", "e", face("bob"))
		f(&e)
		return e
	}
	for name, c := range map[string]struct {
		e    models.Encounter
		kind models.Kind
	}{
		"unknown encounter": {visit("p", "f", face("bob")), models.NotFound},
		"unknown person":    {visit("q", "e", face("bob")), models.NotFound},
		"no encounter's id": {visit("p", "", face("bob")), models.Invalid},
		"no person's id":    {visit("", "e", face("bob")), models.Invalid},
		"status":            {with(func(e *models.Encounter) { e.Status = "" }), models.Invalid},
		"no gallery":        {with(func(e *models.Encounter) { e.Galleries = nil }), models.Invalid},
		"no image":          {visit("p", "e", face("")), models.EmptyImage},
		"no face":           {visit("p", "e", face("bob"), face("error 11")), models.NoFace},
		"two people":        {visit("p", "e", face("ann"), face("eve")), models.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			calls := w.calls.Load()
			_, err := w.Update(ctx, by, c.e)
			wantKind(t, err, c.kind)
			if c.kind == models.NotFound && calls != w.calls.Load() {
				t.Error("somebody unknown was extracted for")
			}
			if !w.matches(t, "p", "ann") || w.matches(t, "p", "bob") {
				t.Error("the record has changed")
			}
		})
	}
	if report := w.swept(t); report != kept(1) {
		t.Errorf("%+v", report)
	}
	_, err := w.ReadAll(ctx, by, "q")
	wantKind(t, err, models.NotFound)
}

func TestUpdateOnce(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	_, err := w.Update(ctx, repeat(1, 1), visit("p", "e", face("ann")))
	wantKind(t, err, models.NotFound)
	w.enroll(t, visit("p", "e", face("ann")))
	_, err = w.Update(ctx, repeat(1, 1), visit("p", "e", face("ann")))
	wantKind(t, err, models.NotFound) // as the first time
	first, err := w.Update(ctx, repeat(2, 1), visit("p", "e", face("bob")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Update(ctx, by, visit("p", "e", face("carl"))); err != nil {
		t.Fatal(err)
	}
	again, err := w.Update(ctx, repeat(2, 1), visit("p", "e", face("bob")))
	if err != nil || again.Key != first.Key || !slices.Equal(again.Quality, first.Quality) || !w.matches(t, "p", "carl") {
		t.Errorf("%+v, then %+v, %v", first, again, err)
	}
	_, err = w.Update(ctx, repeat(2, 2), visit("p", "e", face("dan")))
	wantKind(t, err, models.Reused)
}

// Update implements [storage.Encounters].
func (f *fragile) Update(ctx context.Context, a storage.Act, key models.EncounterKey, change func(*storage.Record) error) error {
	if f.update != nil && !f.written {
		return f.update
	}
	return errors.Join(f.Encounters.Update(ctx, a, key, change), f.update)
}

// Wherever an update fails, it is made whole or not at all, its answer says
// which, and the index holds what is on record, at the latest when the store is
// back.
func TestUpdateWhenTheStoreFails(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		fragile fragile
		want    models.Kind
		made    bool
	}{
		"not begun":                   {fragile{begin: errBroken}, models.Unavailable, false},
		"image":                       {fragile{put: errBroken}, models.Unavailable, false},
		"row not written":             {fragile{update: errBroken}, models.Unavailable, false},
		"row not written, not told":   {fragile{update: errLost}, models.Unavailable, false},
		"row written, not told":       {fragile{update: errLost, written: true}, fine, true},
		"row written, never told":     {fragile{update: errLost, written: true, abandon: errBroken}, models.Uncertain, true},
		"row not written, never told": {fragile{update: errLost, abandon: errBroken}, models.Uncertain, false},
	} {
		t.Run(name, func(t *testing.T) {
			var store fragile
			w := fragileWorld(t, &store)
			w.enroll(t, visit("p", "e", face("bob")))
			store.begin, store.put, store.update = c.fragile.begin, c.fragile.put, c.fragile.update
			store.written, store.abandon = c.fragile.written, c.fragile.abandon
			_, err := w.Update(ctx, by, visit("p", "e", face("ann"), face("ann~0.1")))
			if kindOf(err) != c.want {
				t.Errorf("%v, want %v", err, c.want)
			}
			if store.abandon != nil {
				_, err := w.Update(ctx, by, visit("p", "e"))
				wantKind(t, err, models.Uncertain) // not before it is known what became of the first
			}
			store.abandon = nil // the store is back
			images := map[bool]int{true: 2, false: 1}[c.made]
			if report := w.swept(t); report.Orphans+report.Missing+report.Corrupt > 0 || report.References != images {
				t.Errorf("%+v, want %d images", report, images)
			}
			if w.matches(t, "p", "ann") != c.made || w.matches(t, "p", "bob") == c.made {
				t.Errorf("made %v, and the other face matches", c.made)
			}
		})
	}
}

// What the index does not take stays on record and follows; until then the
// change is not called made.
func TestUpdateWhenTheIndexFails(t *testing.T) {
	ctx := context.Background()
	index := &fullIndex{}
	w := newWorld(t, func(p *api.Parts) { index.Index, p.Index = p.Index, index })
	w.enroll(t, visit("p", "e", face("ann")))
	w.enroll(t, visit("q", "e", face("carl")))
	for name, do := range map[string]func() error{
		"Update":       func() error { _, err := w.Update(ctx, by, visit("p", "e", face("bob"))); return err },
		"SetStatus":    func() error { return w.SetStatus(ctx, by, key("p", "e"), models.Active) },
		"SetGalleries": func() error { return w.SetGalleries(ctx, by, key("p", "e"), []models.GalleryID{"a"}) },
		"Move":         func() error { return w.Move(ctx, by, "q", "p", "e2") },
	} {
		t.Run(name, func(t *testing.T) {
			if name == "Move" {
				w.enroll(t, visit("p", "e2", face("bob")))
			}
			index.full = true
			wantKind(t, do(), models.Uncertain)
			wantKind(t, w.ErasePerson(ctx, by, "p"), models.Uncertain)
			index.full = false
			if err := w.Tidy(ctx); err != nil {
				t.Error(err)
			}
			if err := w.SetStatus(ctx, by, key("p", "e"), models.Active); err != nil {
				t.Error(err)
			}
		})
	}
	if !w.matches(t, "p", "bob") || w.matches(t, "p", "ann") || !w.matches(t, "q", "bob") {
		t.Error("the index has not followed")
	}
}

// changedMeanwhile changes the record before its image is read for the first time.
type changedMeanwhile struct {
	storage.Images
	change func() error
}

func (c *changedMeanwhile) Get(ctx context.Context, ref models.ImageRef) ([]byte, error) {
	if change := c.change; change != nil {
		c.change = nil
		if err := change(); err != nil {
			return nil, err
		}
	}
	return c.Images.Get(ctx, ref)
}

// A record that is changed while it is read is read as it is afterwards.
func TestReadBesideAChange(t *testing.T) {
	ctx := context.Background()
	var images *changedMeanwhile
	w := newWorld(t, func(p *api.Parts) { images = &changedMeanwhile{Images: p.Images}; p.Images = images })
	w.enroll(t, visit("p", "e", face("ann")))
	w.enroll(t, visit("p", "f", face("ann~0.1")))
	images.change = func() error { _, err := w.Update(ctx, by, visit("p", "e", face("bob"))); return err }
	e, err := w.Read(ctx, by, key("p", "e"))
	if err != nil || string(e.Samples[0].Image) != "bob" {
		t.Errorf("%+v, %v", e, err)
	}
	images.change = func() error { return w.Erase(ctx, by, key("p", "e")) }
	all, err := w.ReadAll(ctx, by, "p")
	if err != nil || len(all) != 1 || all[0].Key.Encounter != "f" {
		t.Errorf("%+v, %v", all, err)
	}
}

package api_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
	"oblik/storage"
)

var (
	errBroken = models.Errorf("test", models.Unavailable, "as asked")
	errLost   = models.Errorf("test", models.Uncertain, "the answer is lost")
)

// fragile stores fail where they are told to: with what error, and for rows
// whether after they were written.
type fragile struct {
	storage.Encounters
	storage.Acts
	begin, put, create, update, abandon error
	written                             bool
	lease                               time.Duration // in place of a longer one
}

func (f *fragile) Begin(ctx context.Context, a storage.Act, images []string, l storage.Lease) ([]byte, error) {
	if f.begin != nil {
		return nil, f.begin
	}
	if f.lease > 0 {
		l = f.lease
	}
	return f.Acts.Begin(ctx, a, images, l)
}

func (f *fragile) Abandon(ctx context.Context, a storage.Act) (bool, error) {
	if f.abandon != nil {
		return false, f.abandon
	}
	return f.Acts.Abandon(ctx, a)
}

func (f *fragile) Create(ctx context.Context, a storage.Act, r storage.Record) error {
	if f.create != nil && !f.written {
		return f.create
	}
	return errors.Join(f.Encounters.Create(ctx, a, r), f.create)
}

// fragileImages fail at the second image, which is ann~0.1 in these tests.
type fragileImages struct {
	storage.Images
	*fragile
}

func (f fragileImages) Put(ctx context.Context, key string, data []byte) (models.ImageRef, error) {
	if f.put != nil && bytes.Equal(data, []byte("ann~0.1")) {
		return models.ImageRef{}, f.put
	}
	return f.Images.Put(ctx, key, data)
}

func (f fragileImages) Delete(ctx context.Context, key string) error {
	return f.Images.Delete(ctx, key)
}

func fragileWorld(t *testing.T, f *fragile) world {
	t.Helper()
	return newWorld(t, func(p *api.Parts) {
		f.Encounters, f.Acts = p.Encounters, p.Acts
		p.Encounters, p.Acts, p.Images = f, f, fragileImages{p.Images, f}
	})
}

// Wherever an enrolment fails, it is made whole or not at all, and its answer
// says which.
func TestEnrollWhenTheStoreFails(t *testing.T) {
	for name, c := range map[string]struct {
		fragile fragile
		want    models.Kind // Internal for none
		stored  bool
	}{
		"not begun":                   {fragile{begin: errBroken}, models.Unavailable, false},
		"second image":                {fragile{put: errBroken}, models.Unavailable, false},
		"second image, not abandoned": {fragile{put: errBroken, abandon: errBroken}, models.Unavailable, false},
		"row not written":             {fragile{create: errBroken}, models.Unavailable, false},
		"row not written, not told":   {fragile{create: errLost}, models.Unavailable, false},
		"row written, not told":       {fragile{create: errLost, written: true}, models.Internal, true},
		"row written, never told":     {fragile{create: errLost, written: true, abandon: errBroken}, models.Uncertain, true},
		"row not written, never told": {fragile{create: errLost, abandon: errBroken}, models.Uncertain, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := fragileWorld(t, &c.fragile)
			_, err := w.Enroll(context.Background(), by, visit("p", "e", face("ann"), face("ann~0.1")))
			if c.want == models.Internal != (err == nil) || err != nil && models.KindOf(err) != c.want {
				t.Errorf("error %v, want kind %v", err, c.want)
			}
			uncertain := c.want == models.Uncertain
			if indexed := w.parts.Index.Len() == 1; indexed != (c.stored && !uncertain) {
				t.Errorf("in the index: %v", indexed)
			}
			c.fragile.abandon = nil // the store is back
			images, events := 0, []string(nil)
			if c.stored {
				images, events = 2, []string{"test"}
			}
			if report := w.swept(t); report.Orphans+report.Missing+report.Corrupt > 0 || report.References != images {
				t.Errorf("%+v, want %d images", report, images)
			}
			if indexed := w.parts.Index.Len() == 1; indexed != c.stored {
				t.Errorf("afterwards in the index: %v", indexed)
			}
			if got := w.trail(t); !slices.Equal(got, events) {
				t.Errorf("audit trail %q, want %q", got, events)
			}
		})
	}
}

// What was begun and neither made nor given up is given up when its time is over.
// Its images wait: the storing that failed may yet succeed.
func TestTidyReaps(t *testing.T) {
	ctx := context.Background()
	f := &fragile{put: errBroken, abandon: errBroken, lease: time.Millisecond}
	w := fragileWorld(t, f)
	_, err := w.Enroll(ctx, by, visit("p", "e", face("ann"), face("ann~0.1")))
	wantKind(t, err, models.Unavailable)
	time.Sleep(2 * f.lease)
	if err := w.Tidy(ctx); err != nil {
		t.Error(err)
	}
	if keys, err := w.store.Pending(ctx, 10); err != nil || len(keys) != 2 {
		t.Errorf("%d images are to be deleted, want 2; %v", len(keys), err)
	}
}

// A request whose image could not be stored is free to be sent again at once.
func TestOnceAfterAFailedImage(t *testing.T) {
	ctx := context.Background()
	f := &fragile{put: errBroken}
	w := fragileWorld(t, f)
	_, err := w.Enroll(ctx, repeat(1, 1), visit("p", "e", face("ann"), face("ann~0.1")))
	wantKind(t, err, models.Unavailable)
	f.put = nil
	if _, err := w.Enroll(ctx, repeat(1, 1), visit("p", "e", face("ann"), face("ann~0.1"))); err != nil {
		t.Error(err)
	}
}

// While a change is in doubt, nobody is told what its rows say and the index
// does not: neither by the same request nor by another of the person.
func TestDoubtsAreSettledBeforeTheNextAnswer(t *testing.T) {
	ctx := context.Background()
	for _, caller := range []api.Caller{by, repeat(1, 1)} {
		f := &fragile{create: errLost, written: true, abandon: errBroken}
		w := fragileWorld(t, f)
		_, err := w.Enroll(ctx, caller, visit("p", "e", face("ann")))
		wantKind(t, err, models.Uncertain)
		_, err = w.Enroll(ctx, caller, visit("p", "e", face("ann")))
		wantKind(t, err, models.Uncertain)
		f.create, f.abandon = nil, nil
		_, err = w.Enroll(ctx, caller, visit("p", "e", face("ann")))
		if known := caller.Once != nil; known != (err == nil) || !known && models.KindOf(err) != models.Conflict {
			t.Errorf("with a key %v: %v", caller.Once != nil, err)
		}
		if n := w.parts.Index.Len(); n != 1 {
			t.Errorf("the index holds %d when the answer is given", n)
		}
	}
}

// One image that can't be deleted keeps no other.
func TestOneImageKeepsNoOther(t *testing.T) {
	ctx := context.Background()
	var stuck *stuckImage
	w := newWorld(t, func(p *api.Parts) { stuck = &stuckImage{Images: p.Images}; p.Images = stuck })
	for _, person := range []string{"a", "b", "c", "d"} {
		w.enroll(t, visit(person, "e", face("ann")))
	}
	for _, person := range []models.PersonID{"a", "b", "c", "d"} {
		if err := w.ErasePerson(ctx, by, person); err != nil {
			t.Error(err)
		}
	}
	if err := w.Tidy(ctx); err == nil {
		t.Error("what is left is not told")
	}
	if keys, err := w.store.Pending(ctx, 10); err != nil || len(keys) != 1 {
		t.Errorf("%d images are left, want the one; %v", len(keys), err)
	}
}

// stuckImage is the first that is to be deleted: it can't be.
type stuckImage struct {
	storage.Images
	key string
}

func (s *stuckImage) Delete(ctx context.Context, key string) error {
	if s.key == "" {
		s.key = key
	}
	if s.key == key {
		return errBroken
	}
	return s.Images.Delete(ctx, key)
}

// fullIndex takes no entry while it is full.
type fullIndex struct {
	matcher.Index
	full bool
}

func (x *fullIndex) Put(entries ...models.Entry) error {
	if x.full && len(entries) > 0 {
		return errBroken
	}
	return x.Index.Put(entries...)
}

// undeletableRows can't be taken back.
type undeletableRows struct{ storage.Encounters }

func (undeletableRows) Delete(context.Context, storage.Act, models.EncounterKey) error {
	return errBroken
}

// An enrolment that the index does not take is undone. One that can't be
// undone, as its row is stuck or its claim says that it was made, stays on
// record, is not called failed, and is in the index as soon as that takes it.
func TestEnrollWhenTheIndexFails(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		by     api.Caller
		stuck  bool
		want   models.Kind
		images int
	}{
		"undone":  {by, false, models.Unavailable, 0},
		"stuck":   {by, true, models.Uncertain, 1},
		"claimed": {repeat(1, 1), false, models.Uncertain, 1},
	} {
		t.Run(name, func(t *testing.T) {
			index := &fullIndex{full: true}
			w := newWorld(t, func(p *api.Parts) {
				index.Index, p.Index = p.Index, index
				if c.stuck {
					p.Encounters = undeletableRows{p.Encounters}
				}
			})
			_, err := w.Enroll(ctx, c.by, visit("p", "e", face("ann")))
			wantKind(t, err, c.want)
			if c.images == 0 {
				_, err = w.Read(ctx, by, visit("p", "e").Key)
				wantKind(t, err, models.NotFound)
			} else {
				_, err = w.Enroll(ctx, c.by, visit("p", "e", face("ann")))
				wantKind(t, err, models.Uncertain)
			}
			index.full = false
			if report := w.swept(t); report != kept(c.images) || index.Len() != c.images {
				t.Errorf("%+v, %d in the index", report, index.Len())
			}
			_, err = w.Enroll(ctx, c.by, visit("p", "e", face("ann")))
			if again := c.stuck; again != (models.KindOf(err) == models.Conflict) || !again && err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

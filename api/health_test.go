package api_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

// away are stores that can be made to be away.
type away struct{ rows, images atomic.Bool }

func (a *away) ping(down *atomic.Bool) func(context.Context) error {
	return func(context.Context) error {
		if down.Load() {
			return errBroken
		}
		return nil
	}
}

// eventually waits for what Tend does by itself.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 1000 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("after 10 s: %s", what)
}

// A store that is away is named, refused at once what needs it, and used
// again when it is back; the others go on.
func TestStoresAway(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var a away
	w := newWorld(t, func(p *api.Parts) { p.PingRecords, p.PingImages = a.ping(&a.rows), a.ping(&a.images) })
	w.enroll(t, visit("p", "1", face("ann")))
	ended := make(chan struct{})
	go func() { defer close(ended); w.Tend(ctx) }()

	a.images.Store(true)
	eventually(t, "the image store is not missed", func() bool { return w.Impaired() != nil })
	if err := w.Ready(); err != nil {
		t.Error(err)
	}
	_, err := w.Enroll(ctx, by, visit("p", "2", face("ann")))
	wantKind(t, err, models.Unavailable)
	_, err = w.Read(ctx, by, visit("p", "1").Key)
	wantKind(t, err, models.Unavailable)
	if d, err := w.Verify(ctx, by, "p", "main", faces("ann"), nil); err != nil || !d.Match {
		t.Errorf("%+v, %v", d, err)
	}
	if err := w.Erase(ctx, by, visit("p", "1").Key); err != nil {
		t.Error(err)
	}
	a.images.Store(false)
	eventually(t, "the erased image is not deleted", func() bool {
		keys, err := w.store.Pending(ctx, 1)
		return err == nil && len(keys) == 0
	})

	a.rows.Store(true)
	eventually(t, "the database is not missed", func() bool { return w.Ready() != nil })
	_, err = w.Verify(ctx, by, "p", "main", faces("ann"), nil)
	wantKind(t, err, models.Unavailable)
	if _, err := w.VerifyImages(ctx, by, faces("ann"), faces("ann"), nil); err != nil {
		t.Errorf("nobody on record is asked about: %v", err)
	}
	a.rows.Store(false)
	eventually(t, "the database is not found again", func() bool { return w.Ready() == nil })
	cancel()
	<-ended
}

// A service whose database comes later loads the index then.
func TestLoadsWhenTheDatabaseComes(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w := newWorld(t)
	w.enroll(t, visit("p", "1", face("ann")))
	broken := &brokenScan{Encounters: w.parts.Encounters}
	broken.fails.Store(true)
	w.parts.Encounters = broken
	s, err := api.New(w.parts)
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, s.Load(ctx), models.Unavailable)
	_, err = s.Identify(ctx, by, models.AllGalleries, faces("ann"), api.IdentifyOptions{})
	wantKind(t, err, models.Unavailable)
	ended := make(chan struct{})
	go func() { defer close(ended); s.Tend(ctx) }()
	broken.fails.Store(false)
	eventually(t, "the index is not loaded", func() bool { return s.Ready() == nil })
	found, err := s.Identify(ctx, by, models.AllGalleries, faces("ann"), api.IdentifyOptions{})
	if err != nil || len(found.Candidates) != 1 {
		t.Errorf("%+v, %v", found, err)
	}
	cancel()
	<-ended
}

// brokenScan gives one entry, of somebody erased since, and fails.
type brokenScan struct {
	storage.Encounters
	fails atomic.Bool
}

func (b *brokenScan) Scan(ctx context.Context, f func(models.Entry) error) error {
	if !b.fails.Load() {
		return b.Encounters.Scan(ctx, f)
	}
	for range 2000 { // more than a batch
		err := f(models.Entry{Key: models.EncounterKey{Person: "gone", Encounter: "1"}, Status: models.Active, Galleries: []models.GalleryID{"main"}})
		if err != nil {
			return err
		}
	}
	return errBroken
}

// An answer that the audit trail has no line of is not given.
func TestNoAnswerWithoutAudit(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, func(p *api.Parts) { p.Trail = deafTrail{p.Trail} })
	w.enroll(t, visit("p", "1", face("ann")))
	_, err := w.Verify(ctx, by, "p", "main", faces("ann"), nil)
	wantKind(t, err, models.Unavailable)
	found, err := w.Identify(ctx, by, models.AllGalleries, faces("ann"), api.IdentifyOptions{})
	wantKind(t, err, models.Unavailable)
	if len(found.Candidates) != 0 {
		t.Error("candidates are named all the same")
	}
}

type deafTrail struct{ storage.Trail }

func (deafTrail) Append(context.Context, storage.Act) error { return errBroken }

// Where images are forgotten none is written, and reading says so.
func TestForgetImages(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, func(p *api.Parts) {
		p.Policy.ForgetImages = true
		p.Images = storage.NoImages{}
	})
	w.enroll(t, visit("p", "1", face("ann"), models.Sample{Modality: "FINGER", Image: []byte("x")}, models.Sample{Modality: "IRIS"}))
	e, err := w.Read(ctx, by, visit("p", "1").Key)
	if err != nil || len(e.Samples) != 3 {
		t.Fatalf("%+v, %v", e, err)
	}
	for i, forgotten := range []bool{true, true, false} {
		if s := e.Samples[i]; s.Image != nil || s.Forgotten != forgotten {
			t.Errorf("sample %d: %+v", i, s)
		}
	}
	if d, err := w.Verify(ctx, by, "p", "main", faces("ann"), nil); err != nil || !d.Match {
		t.Errorf("%+v, %v", d, err)
	}
	if err := w.ErasePerson(ctx, by, "p"); err != nil {
		t.Error(err)
	}
}

// Changes of one person wait for each other no longer than their time.
func TestWaitsNoLongerForOthers(t *testing.T) {
	ctx := context.Background()
	hanging := &hangingRows{gate: make(chan struct{})}
	w := newWorld(t, func(p *api.Parts) {
		hanging.Encounters = p.Encounters
		p.Encounters, p.StoreTime = hanging, 100*time.Millisecond
	})
	first := make(chan error, 1)
	go func() { _, err := w.Enroll(ctx, by, visit("p", "1")); first <- err }()
	<-hanging.gate // it is at its rows
	_, err := w.Enroll(ctx, by, visit("p", "2"))
	wantKind(t, err, models.Deadline)
	hanging.gate <- struct{}{}
	if err := <-first; err != nil {
		t.Error(err)
	}
}

// hangingRows says when it is at a record's rows, and waits.
type hangingRows struct {
	storage.Encounters
	gate chan struct{}
}

func (h *hangingRows) Create(_ context.Context, a storage.Act, r storage.Record) error {
	h.gate <- struct{}{}
	<-h.gate
	return h.Encounters.Create(context.Background(), a, r)
}

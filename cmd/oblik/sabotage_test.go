package main

import (
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

// sabotage are what a test may have put between the service and its stores: the
// name comes before the subcommand.
var sabotage = map[string]func(api.Parts, string) api.Parts{
	"failpoints":        func(p api.Parts, dir string) api.Parts { return failpoints(p, bomb{dir, 4 * time.Millisecond}) },
	"row-before-image":  func(p api.Parts, dir string) api.Parts { return failpoints(rowBeforeImage(p), bomb{dir, bugTime}) },
	"intent-not-reaped": func(p api.Parts, dir string) api.Parts { return failpoints(intentNotReaped(p), bomb{dir, bugTime}) },
}

// The steps of the act at which a process can be killed. Within a step the kill
// comes after a random part of the time it usually takes.
var enrolSteps = []string{
	"before the intent", "in the intent", "after the intent", "in the image", "after the image",
	"in the commit", "after the commit",
}

var eraseSteps = []string{
	"in the erasure's commit", "after the erasure's commit", "in the image's deletion", "after the image's deletion", "after the outbox",
}

// armFile names, in the data directory, the step at which the process ends.
const armFile = "armed"

// bomb ends the process at the armed step, or within a time after its begin:
// about what the step takes.
type bomb struct {
	dir  string
	time time.Duration
}

// bugTime is how long the planted bug leaves a row without its image.
const bugTime = 20 * time.Millisecond

func (b bomb) armed(step string) bool {
	text, err := os.ReadFile(filepath.Join(b.dir, armFile)) // #nosec G304 -- the test's folder
	return err == nil && string(text) == step
}

func (b bomb) at(step string) {
	if b.armed(step) {
		die()
	}
}

// within ends the process soon after the step has begun: half of the times
// within an eighth of the bomb's time, since some stores are fast.
func (b bomb) within(step string) {
	if b.armed(step) {
		u := rand.Float64() // #nosec G404 -- no secret
		time.AfterFunc(time.Duration(u*u*u*float64(b.time)), die)
	}
}

// die is kill -9 of oneself: nothing is flushed, no deferred call runs.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// failpoints puts a bomb at each step.
func failpoints(p api.Parts, b bomb) api.Parts {
	p.Acts = bombedActs{p.Acts, b}
	p.Images = bombedImages{p.Images, b}
	p.Encounters = bombedRows{p.Encounters, b}
	p.Outbox = bombedOutbox{p.Outbox, b}
	return p
}

type bombedActs struct {
	storage.Acts
	bomb
}

func (b bombedActs) Begin(ctx context.Context, a storage.Act, images []string, l storage.Lease) ([]byte, error) {
	if len(images) == 0 {
		return b.Acts.Begin(ctx, a, images, l) // an erasure
	}
	b.at("before the intent")
	b.within("in the intent")
	outcome, err := b.Acts.Begin(ctx, a, images, l)
	b.at("after the intent")
	return outcome, err
}

type bombedImages struct {
	storage.Images
	bomb
}

func (b bombedImages) Put(ctx context.Context, key string, data []byte) (models.ImageRef, error) {
	b.within("in the image")
	ref, err := b.Images.Put(ctx, key, data)
	b.at("after the image")
	return ref, err
}

func (b bombedImages) Delete(ctx context.Context, key string) error {
	b.within("in the image's deletion")
	err := b.Images.Delete(ctx, key)
	b.at("after the image's deletion")
	return err
}

type bombedRows struct {
	storage.Encounters
	bomb
}

func (b bombedRows) Create(ctx context.Context, a storage.Act, r storage.Record) error {
	b.within("in the commit")
	err := b.Encounters.Create(ctx, a, r)
	b.at("after the commit")
	return err
}

func (b bombedRows) DeletePerson(ctx context.Context, a storage.Act, person models.PersonID) error {
	b.within("in the erasure's commit")
	err := b.Encounters.DeletePerson(ctx, a, person)
	b.at("after the erasure's commit")
	return err
}

type bombedOutbox struct {
	storage.Outbox
	bomb
}

func (b bombedOutbox) Done(ctx context.Context, key string) error {
	err := b.Outbox.Done(ctx, key)
	b.at("after the outbox")
	return err
}

// rowBeforeImage is a planted bug: the image is written after the row.
func rowBeforeImage(p api.Parts) api.Parts {
	w := &wrongOrder{Encounters: p.Encounters, images: p.Images, waiting: map[string][]byte{}}
	p.Encounters, p.Images = w, wrongImages{p.Images, w}
	return p
}

type wrongOrder struct {
	storage.Encounters
	images  storage.Images
	mu      sync.Mutex
	waiting map[string][]byte
}

func (w *wrongOrder) Create(ctx context.Context, a storage.Act, r storage.Record) error {
	if err := w.Encounters.Create(ctx, a, r); err != nil {
		return err
	}
	time.Sleep(bugTime)
	for _, s := range r.Samples {
		w.mu.Lock()
		data := w.waiting[s.Image.Key]
		w.mu.Unlock()
		if _, err := w.images.Put(ctx, s.Image.Key, data); err != nil {
			return err
		}
	}
	return nil
}

type wrongImages struct {
	storage.Images
	*wrongOrder
}

func (w wrongImages) Put(_ context.Context, key string, data []byte) (models.ImageRef, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting[key] = data
	return models.ImageRef{Key: key, Length: int64(len(data)), SHA256: sha256.Sum256(data)}, nil
}

func (w wrongImages) Delete(ctx context.Context, key string) error { return w.Images.Delete(ctx, key) }

// intentNotReaped is a planted bug: what a killed process began is never given up.
func intentNotReaped(p api.Parts) api.Parts {
	p.Acts = sleepyActs{p.Acts}
	return p
}

type sleepyActs struct{ storage.Acts }

func (sleepyActs) Reap(context.Context) (int, error) { return 0, nil }

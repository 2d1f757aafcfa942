// Package storagetest holds the tests that every implementation of the seams
// in package storage passes: what the comments there promise, one test a
// promise, and a state machine that compares an implementation with a map.
package storagetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"oblik/models"
	"oblik/storage"
)

// Stores is what is tested: the seams over one empty set of data, and what a
// test needs beyond them.
type Stores struct {
	Images     storage.Images
	Encounters storage.Encounters
	Galleries  storage.Galleries
	Outbox     storage.Outbox
	Sweeper    storage.Sweeper
	// Damage changes a stored image behind the store's back: what is there is
	// replaced by what f makes of it.
	Damage func(t testing.TB, key string, f func([]byte) []byte)
	// Reopen closes the stores and opens them again over the same data.
	Reopen func(t testing.TB) Stores
}

// Open gives empty stores; it registers their closing with t.Cleanup.
type Open func(t testing.TB) Stores

// Run runs every test, each over stores of its own.
func Run(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Stores)
	}{
		{"images round trip", imagesRoundTrip},
		{"images damaged", imagesDamaged},
		{"images deleted", imagesDeleted},
		{"images with a strange key", imagesStrangeKey},
		{"create and read", createAndRead},
		{"create conflicts", createConflicts},
		{"create refuses", createRefuses},
		{"create races", createRaces},
		{"not found", notFound},
		{"read all in order", readAllInOrder},
		{"templates", templates},
		{"scan", scan},
		{"galleries", galleries},
		{"delete", deleteEncounter},
		{"delete person", deletePerson},
		{"outbox", outbox},
		{"sweep", sweep},
		{"cancelled", cancelled},
		{"reopen", reopen},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
	t.Run("state machine", func(t *testing.T) { machine(t, open) })
}

// record is an encounter with everything there is, none of it plain ASCII or
// tidy JSON, and without an image.
func record(person, encounter string, galleries ...models.GalleryID) storage.Record {
	if len(galleries) == 0 {
		galleries = []models.GalleryID{"g1"}
	}
	return storage.Record{
		Encounter: models.Encounter{
			Key:        models.EncounterKey{Person: models.PersonID(person), Encounter: models.EncounterID(encounter)},
			Status:     models.Active,
			Type:       "enrôlement №1",
			Galleries:  galleries,
			ClientData: []byte("\x00\xff any bytes \n"),
			Contextual: []byte(`{ "b":1,"a" : 2.50, "a":"twice" }` + "\n"),
			Biographic: []byte(`{"firstName":"Žofie 李 🙂 \u00e9","names":["A","B"]}`),
			Protection: []byte(`{"integrity":null}`),
			Created:    time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.FixedZone("", 3600)),
			Updated:    time.Date(2025, 1, 1, 0, 0, 0, 1000, time.UTC),
		},
		Samples: []storage.StoredSample{{
			Modality: models.Face, Details: []byte(`{"captureDevice":"x" }`), Template: template("w-1", 128),
		}},
	}
}

func template(weights string, size int) *models.Template {
	return &models.Template{Format: models.Format{Weights: weights, Dimension: size}, Data: random(size)}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// must ends the test on an error.
func must(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantKind checks an error's kind; an error without one has the wrong type.
func wantKind(t rapid.TB, err error, kind models.Kind) {
	t.Helper()
	if err == nil || models.KindOf(err) != kind {
		t.Fatalf("error %v, want one of kind %q", err, kind)
	}
}

// equal compares records after bringing their times to UTC, in which a store
// gives them.
func equal(t rapid.TB, got, want storage.Record) {
	t.Helper()
	want.Encounter.Created, want.Encounter.Updated = want.Encounter.Created.UTC(), want.Encounter.Updated.UTC()
	if len(want.Samples) == 0 && len(got.Samples) == 0 {
		got.Samples, want.Samples = nil, nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("read\n%.3000s\nwant\n%.3000s", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
	}
}

// put stores an image of n random bytes.
func put(t testing.TB, s Stores, n int) models.ImageRef {
	t.Helper()
	ref, err := s.Images.Put(context.Background(), random(n))
	must(t, err)
	return ref
}

// wantImage checks that an image is there and sound.
func wantImage(t testing.TB, s Stores, ref models.ImageRef, data []byte) {
	t.Helper()
	got, err := s.Images.Get(context.Background(), ref)
	must(t, err)
	if !bytes.Equal(got, data) {
		t.Fatalf("an image of %d bytes came back as %d others", len(data), len(got))
	}
}

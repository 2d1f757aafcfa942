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

// picture gives a record n samples more, whose images are new and not yet stored.
func picture(r *storage.Record, n int) (data [][]byte) {
	for range n {
		data = append(data, random(50))
		ref := refTo(storage.NewKey(), data[len(data)-1])
		ref.Type, ref.Width, ref.Height = "image/jpeg", 600, 800
		r.Samples = append(r.Samples, storage.StoredSample{Modality: models.Face, Image: &ref})
	}
	return data
}

// pictured stores a record with n images and no other sample.
func pictured(t testing.TB, s Stores, person, encounter string, n int) (storage.Record, []string) {
	t.Helper()
	r := record(person, encounter)
	r.Samples = nil
	data := picture(&r, n)
	keys := r.ImageKeys()
	Must(t, inAct(s, keys, func(a storage.Act) error {
		for i, key := range keys {
			if _, err := s.Images.Put(context.Background(), key, data[i]); err != nil {
				return err
			}
		}
		return s.Encounters.Create(context.Background(), a, r)
	}))
	return r, keys
}

func template(weights string, size int) *models.Template {
	return &models.Template{Format: models.Format{Weights: weights, Dimension: size}, Data: random(size)}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// Must ends the test on an error.
func Must(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// WantKind checks an error's kind; an error without one has the wrong type.
func WantKind(t rapid.TB, err error, kind models.Kind) {
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

// wantRecord checks that a record is stored as it is here.
func wantRecord(t rapid.TB, s Stores, want storage.Record) {
	t.Helper()
	got, err := s.Encounters.Read(context.Background(), want.Encounter.Key)
	Must(t, err)
	equal(t, got, want)
}

// wantImage checks that an image is there and sound.
func wantImage(t testing.TB, s Stores, ref models.ImageRef, data []byte) {
	t.Helper()
	got, err := s.Images.Get(context.Background(), ref)
	Must(t, err)
	if !bytes.Equal(got, data) {
		t.Fatalf("an image of %d bytes came back as %d others", len(data), len(got))
	}
}

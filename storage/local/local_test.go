package local

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/storagetest"
)

var (
	_ storage.Encounters = (*Store)(nil)
	_ storage.Galleries  = (*Store)(nil)
	_ storage.Outbox     = (*Store)(nil)
	_ storage.Sweeper    = (*Store)(nil)
	_ storage.Images     = (*images)(nil)
)

func TestStores(t *testing.T) {
	storagetest.Run(t, func(t testing.TB) storagetest.Stores { return stores(t, t.TempDir()) })
}

// stores opens a data directory for the suite.
func stores(t testing.TB, dir string) storagetest.Stores {
	s := open(t, dir)
	return storagetest.Stores{
		Images: s.Images(), Encounters: s, Galleries: s, Outbox: s, Sweeper: s,
		Damage: func(t testing.TB, key string, f func([]byte) []byte) {
			file := filepath.Join(dir, "images", place(key))
			data, err := os.ReadFile(file)
			must(t, err)
			must(t, os.WriteFile(file, f(data), fileMode))
		},
		Reopen: func(t testing.TB) storagetest.Stores {
			must(t, s.Close())
			return stores(t, dir)
		},
	}
}

// open opens a store that the test's end closes, if the test has not.
func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir)
	must(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, err error, kind models.Kind) {
	t.Helper()
	if err == nil || models.KindOf(err) != kind {
		t.Fatalf("error %v, want one of kind %q", err, kind)
	}
}

// record is an encounter with one template and one image, that may be nil.
func record(person, encounter string, template []byte, image *models.ImageRef) storage.Record {
	return storage.Record{
		Encounter: models.Encounter{
			Key:       models.EncounterKey{Person: models.PersonID(person), Encounter: models.EncounterID(encounter)},
			Status:    models.Active,
			Galleries: []models.GalleryID{"g"},
		},
		Samples: []storage.StoredSample{{
			Modality: models.Face, Image: image,
			Template: &models.Template{Format: models.Format{Weights: "w", Dimension: 128}, Data: template},
		}},
	}
}

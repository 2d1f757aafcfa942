package local

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/storagetest"
)

var (
	_ storage.Encounters = (*Store)(nil)
	_ storage.Galleries  = (*Store)(nil)
	_ storage.Outbox     = (*Store)(nil)
	_ storage.Mover      = (*Store)(nil)
	_ storage.Acts       = (*Store)(nil)
	_ storage.Trail      = (*Store)(nil)
	_ storage.Tasks      = tasks{}
	_ storage.Attempts   = attempts{}
	_ storage.Images     = (*images)(nil)
)

func TestStores(t *testing.T) {
	storagetest.Run(t, func(t testing.TB) storagetest.Stores { return stores(t, t.TempDir()) })
}

func TestModel(t *testing.T) {
	storagetest.RunModel(t, func(t testing.TB) storagetest.Stores { return stores(t, t.TempDir()) }, storagetest.ModelSteps())
}

func TestModelFindsPlantedBugs(t *testing.T) {
	storagetest.RunPlanted(t, func(t testing.TB) storagetest.Stores { return stores(t, t.TempDir()) })
}

// stores opens a data directory for the suite.
func stores(t testing.TB, dir string) storagetest.Stores {
	s := open(t, dir)
	return storagetest.Stores{
		Images: s.Images(), Encounters: s, Mover: s, Galleries: s, Outbox: s,
		Tasks: s.Tasks(), Attempts: s.Attempts(), Acts: s, Trail: s, Names: s, Changes: s,
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

var must, wantKind = storagetest.Must, storagetest.WantKind

// begin starts an act that will store images under keys.
func begin(t testing.TB, s *Store, keys ...string) storage.Act {
	t.Helper()
	a := storage.Act{ID: storage.NewKey(), Client: "test", Operation: "test"}
	_, err := s.Begin(context.Background(), a, keys, time.Hour)
	must(t, err)
	return a
}

// create, erase and put are changes in an act of their own.

func create(t testing.TB, s *Store, r storage.Record) {
	t.Helper()
	must(t, s.Create(context.Background(), begin(t, s, r.ImageKeys()...), r))
}

func erase(t testing.TB, s *Store, key models.EncounterKey) {
	t.Helper()
	must(t, s.Delete(context.Background(), begin(t, s), key))
}

func put(t testing.TB, s *Store) models.ImageRef {
	t.Helper()
	ref, err := s.Images().Put(context.Background(), storage.NewKey(), []byte("x"))
	must(t, err)
	return ref
}

// encounter is one with one template and one image, that may be nil.
func encounter(person, encounter string, template []byte, image *models.ImageRef) storage.Record {
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

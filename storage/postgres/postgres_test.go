package postgres

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/storagetest"
	"oblik/storage/storagetest/servers"
)

var (
	_ storage.Encounters = (*Store)(nil)
	_ storage.Mover      = (*Store)(nil)
	_ storage.Galleries  = (*Store)(nil)
	_ storage.Outbox     = (*Store)(nil)
	_ storage.Tasks      = tasks{}
	_ storage.Attempts   = attempts{}
	_ storage.Acts       = (*Store)(nil)
	_ storage.Trail      = (*Store)(nil)
	_ storage.Names      = (*Store)(nil)
)

func TestStores(t *testing.T) { storagetest.Run(t, stores) }

func TestChanges(t *testing.T) { storagetest.RunChanges(t, slowly) }

func TestModel(t *testing.T) { storagetest.RunModel(t, stores, storagetest.ModelSteps()) }

// stores gives the suite an empty schema, and images in memory.
func stores(t testing.TB) storagetest.Stores {
	return over(t, migrated(t), storagetest.NewMemoryImages())
}

func over(t testing.TB, c Config, images *storagetest.MemoryImages) storagetest.Stores {
	s := open(t, c)
	return storagetest.Stores{
		Images: images, Encounters: s, Mover: s, Galleries: s, Outbox: s,
		Tasks: s.Tasks(), Attempts: s.Attempts(), Acts: s, Trail: s, Names: s, Changes: s,
		Beside: func(t testing.TB) storagetest.Stores { return over(t, c, images) },
		Damage: images.Damage,
		Reopen: func(t testing.TB) storagetest.Stores {
			s.Close()
			return over(t, c, images)
		},
	}
}

// open opens a store that the test's end closes.
func open(t testing.TB, c Config) *Store {
	t.Helper()
	s, err := Open(context.Background(), c)
	must(t, err)
	t.Cleanup(s.Close)
	return s
}

// migrated is an empty schema with the tables in it.
func migrated(t testing.TB) Config {
	t.Helper()
	c := empty(t)
	_, _, err := Migrate(context.Background(), c)
	must(t, err)
	return c
}

// empty is a schema with nothing in it, that the test's end drops.
func empty(t testing.TB) Config {
	t.Helper()
	c := Config{URL: servers.Postgres(t), Schema: "test_" + storage.NewKey()}
	admin(t, c, "CREATE SCHEMA "+c.Schema)
	t.Cleanup(func() { admin(t, c, "DROP SCHEMA "+c.Schema+" CASCADE") })
	return c
}

// admin runs a statement on a connection of its own.
func admin(t testing.TB, c Config, statement string, args ...any) {
	t.Helper()
	conn := connect(t, c)
	_, err := conn.Exec(context.Background(), statement, args...)
	must(t, err)
	must(t, conn.Close(context.Background()))
}

// connect is a session beside the store's, without its timeouts.
func connect(t testing.TB, c Config) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(c.URL)
	must(t, err)
	config.RuntimeParams["search_path"] = c.Schema
	conn, err := pgx.ConnectConfig(context.Background(), config)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

var must, wantKind = storagetest.Must, storagetest.WantKind

// wantError also checks what the error says.
func wantError(t testing.TB, err error, kind models.Kind, says string) {
	t.Helper()
	wantKind(t, err, kind)
	if !strings.Contains(err.Error(), says) {
		t.Fatalf("the error does not say %q: %v", says, err)
	}
}

// record is an encounter with one template and images with these keys.
func record(person, encounter string, images ...string) storage.Record {
	r := storage.Record{
		Encounter: models.Encounter{
			Key:       models.EncounterKey{Person: models.PersonID(person), Encounter: models.EncounterID(encounter)},
			Status:    models.Active,
			Galleries: []models.GalleryID{"g"},
		},
		Samples: []storage.StoredSample{{
			Modality: models.Face, Template: &models.Template{Format: models.Format{Weights: "w", Dimension: 128}, Data: make([]byte, 288)},
		}},
	}
	for _, key := range images {
		r.Samples = append(r.Samples, storage.StoredSample{Modality: models.Face, Image: &models.ImageRef{Key: key, Length: 1}})
	}
	return r
}

func act() storage.Act { return storage.Act{ID: storage.NewKey(), Operation: "test"} }

// begin starts an act that will store images.
func begin(t testing.TB, s *Store, images ...string) storage.Act {
	t.Helper()
	a := act()
	_, err := s.Begin(context.Background(), a, images, time.Hour)
	must(t, err)
	return a
}

package local

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// A directory of the version before opens with all that is in it, and is used on.
func TestOpensSchema1(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	must(t, touch(filepath.Join(dir, database)))
	db, err := connect(filepath.Join(dir, database), 1, writing)
	must(t, err)
	must(t, step(ctx, db, 1, "migrations/0001_encounters.sql"))
	queued, key := storage.NewKey(), storage.NewKey()
	_, err = db.Exec(`
		INSERT INTO persons (id, person) VALUES (7, 'p');
		INSERT INTO encounters (id, person, encounter, status, created, updated, type) VALUES (8, 7, 'e', 'ACTIVE', 0, 0, '');
		INSERT INTO encounter_galleries (encounter, ordinal, gallery) VALUES (8, 0, 'g');
		INSERT INTO samples (encounter, ordinal, modality, weights, dimension, template, image_key, image_length, image_sha256)
			VALUES (8, 0, 'FACE', 'w', 128, x'01', ?1, 5, zeroblob(32));
		INSERT INTO outbox (image_key) VALUES (?2)`, key, queued)
	must(t, err)
	must(t, db.Close())
	// Programs of that version left images that nothing names, whole and in part.
	for _, name := range []string{key, queued, storage.NewKey(), storage.NewKey() + partial} {
		must(t, mkdirs(filepath.Join(dir, imagesDir, name[:2])))
		must(t, os.WriteFile(filepath.Join(dir, imagesDir, name[:2], name), []byte("image"), fileMode))
	}

	s := open(t, dir)
	var left []string
	must(t, s.Images().List(ctx, func(key string, _ int64) error { left = append(left, key); return nil }))
	if slices.Sort(left); !slices.Equal(left, slices.Sorted(slices.Values([]string{key, queued}))) {
		t.Errorf("left are %q, want %q and %q", left, key, queued)
	}
	got, err := s.Read(ctx, models.EncounterKey{Person: "p", Encounter: "e"})
	must(t, err)
	want := storage.StoredSample{Modality: models.Face, Image: &models.ImageRef{Key: key, Length: 5},
		Template: &models.Template{Format: models.Format{Weights: "w", Dimension: 128}, Data: []byte{1}}}
	if len(got.Samples) != 1 || !reflect.DeepEqual(got.Samples[0], want) {
		t.Errorf("read %+v, want %+v", got.Samples, want)
	}
	names, err := s.Named(ctx, []string{key, queued})
	must(t, err)
	if !names[key] || !names[queued] {
		t.Errorf("named are %v", names)
	}
	create(t, s, encounter("p", "e2", nil, nil))
	erase(t, s, got.Encounter.Key)
	checkIntegrity(t, s)
}

// So does one of schema 2, which had other tasks and used none.
func TestOpensSchema2(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	must(t, touch(filepath.Join(dir, database)))
	db, err := connect(filepath.Join(dir, database), 1, writing)
	must(t, err)
	must(t, step(ctx, db, 1, "migrations/0001_encounters.sql"))
	must(t, step(ctx, db, 2, "migrations/0002_acts.sql"))
	key := storage.NewKey()
	_, err = db.Exec(`
		INSERT INTO persons (id, person) VALUES (7, 'p');
		INSERT INTO encounters (id, person, encounter, status, created, updated, type) VALUES (8, 7, 'e', 'ACTIVE', 0, 0, '');
		INSERT INTO encounter_galleries (encounter, ordinal, gallery) VALUES (8, 0, 'g');
		INSERT INTO samples (encounter, ordinal, modality, image_key, image_length, image_sha256, image_type)
			VALUES (8, 0, 'FACE', ?1, 5, zeroblob(32), 'image/png');
		INSERT INTO audit (time, act, changed, client, operation, transaction_id, person, encounter)
			VALUES (0, 'a', 1, 'desk', 'createEncounter', '', 'p', 'e')`, key)
	must(t, err)
	must(t, db.Close())

	s := open(t, dir)
	got, err := s.Read(ctx, models.EncounterKey{Person: "p", Encounter: "e"})
	must(t, err)
	want := storage.StoredSample{Modality: models.Face, Image: &models.ImageRef{Key: key, Length: 5, Type: "image/png"}}
	if len(got.Samples) != 1 || !reflect.DeepEqual(got.Samples[0], want) {
		t.Errorf("read %+v, want %+v", got.Samples, want)
	}
	lines := 0
	must(t, s.Events(ctx, 0, func(storage.Event) error { lines++; return nil }))
	if lines != 1 {
		t.Errorf("%d lines are in the trail, want 1", lines)
	}
	must(t, s.Tasks().Add(ctx, models.Task{ID: "t", State: models.TaskPending, Person: "p", Request: []byte("x")}))
	must(t, s.Attempts().Fail(ctx, "p"))
	erase(t, s, got.Encounter.Key)
	task, err := s.Tasks().Read(ctx, "t")
	must(t, err)
	if failed, _, err := s.Attempts().Failed(ctx, "p"); task.Request != nil || failed != 0 || err != nil {
		t.Errorf("an erased person's request is %q, the failures %d, %v", task.Request, failed, err)
	}
	checkIntegrity(t, s)
}

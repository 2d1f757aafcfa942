package local

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// What an update replaces, what a merge or a move renames and a task that is
// removed leave as little as a deletion.
func TestChangesLeaveNothingInTheFiles(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(*Store, models.EncounterKey) error{
		"update": func(s *Store, key models.EncounterKey) error {
			return s.Update(ctx, begin(t, s), key, func(r *storage.Record) error {
				r.Encounter.Biographic, r.Encounter.ClientData, r.Samples = nil, nil, nil
				return nil
			})
		},
		"merge": func(s *Store, key models.EncounterKey) error { return s.Merge(ctx, begin(t, s), "target", key.Person) },
		"move": func(s *Store, key models.EncounterKey) error {
			return s.Move(ctx, begin(t, s), "target", key.Person, key.Encounter)
		},
	} {
		dir := t.TempDir()
		s := open(t, dir)
		create(t, s, encounter("target", "e", []byte("x"), nil))
		for _, size := range []int{26, 300, 30_000} {
			r, secrets := secret("p-"+rand.Text(), size)
			create(t, s, r)
			gone := secrets[:3] // an update leaves the ids
			if name != "update" {
				gone = secrets[3:4] // the person's id
			}
			if n := residue(t, dir, gone); n < len(gone) {
				t.Fatalf("%s: only %d of %d secrets are in the files before: the test sees nothing", name, n, len(gone))
			}
			must(t, change(s, r.Encounter.Key))
			if n := residue(t, dir, gone); n != 0 {
				t.Errorf("%s, size %d: %d secrets are in the files afterwards", name, size, n)
			}
		}
	}
}

func TestRemovedTasksLeaveNothingInTheFiles(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	request, result := []byte(rand.Text()), []byte(rand.Text())
	task := models.Task{ID: "t", Request: request, Due: time.Now()}
	must(t, s.Tasks().Save(ctx, task))
	task.Result = result
	must(t, s.Tasks().Save(ctx, task))
	_, err := s.Tasks().Next(ctx, time.Hour)
	must(t, err)
	secrets := [][]byte{request, result}
	if residue(t, dir, secrets) < 2 {
		t.Fatal("the task is not in the files: the test sees nothing")
	}
	must(t, s.Tasks().Remove(ctx, "t"))
	if n := residue(t, dir, secrets); n != 0 {
		t.Errorf("%d secrets are in the files afterwards", n)
	}
}

package local

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// What an update replaces and what a merge or a move renames leave as little as
// a deletion.
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

// Nor do tasks, when they are wiped with a person or an encounter, when what they
// hold is replaced, and when they expire.
func TestTasksLeaveNothingInTheFiles(t *testing.T) {
	ctx := context.Background()
	next := func(s *Store) (models.Task, error) {
		task, err := s.Tasks().Next(ctx, models.StageWork, time.Hour)
		return *task, err
	}
	key := models.EncounterKey{Person: models.PersonID("p-" + rand.Text()), Encounter: "e"}
	for name, end := range map[string]func(*Store) error{
		"erased":        func(s *Store) error { return s.DeletePerson(ctx, begin(t, s), key.Person) },
		"deleted":       func(s *Store) error { return s.Delete(ctx, begin(t, s), key) },
		"merged":        func(s *Store) error { return s.Merge(ctx, begin(t, s), "target", key.Person) },
		"over, expired": func(s *Store) error { _, err := s.Tasks().Expire(ctx, -time.Hour); return err },
		"replaced": func(s *Store) error {
			task, err := next(s)
			must(t, err)
			task.State, task.Request, task.Result = models.TaskScheduled, nil, nil
			_, err = s.Tasks().Save(ctx, task)
			return err
		},
	} {
		for _, size := range []int{1, 20, 2000} { // within a page and over several
			dir := t.TempDir()
			s := open(t, dir)
			create(t, s, encounter("target", "e2", []byte("x"), nil))
			create(t, s, encounter(string(key.Person), "e", []byte("x"), nil))
			bodies := [][]byte{[]byte(strings.Repeat(rand.Text(), size)), []byte(strings.Repeat(rand.Text(), size))}
			task := models.Task{ID: "t", State: models.TaskPending, Person: key.Person, Encounter: "e", Request: bodies[0], Result: bodies[1]}
			must(t, s.Tasks().Add(ctx, task))
			must(t, s.Tasks().Add(ctx, models.Task{ID: "other", State: models.TaskScheduled, Request: []byte("r")}))
			secrets := [][]byte{bodies[0][:26], bodies[1][:26]}
			switch name {
			case "merged": // the bodies are target's
				secrets = [][]byte{[]byte(key.Person)}
			case "over, expired":
				task, err := next(s)
				must(t, err)
				task.State = models.TaskFailed
				_, err = s.Tasks().Save(ctx, task)
				must(t, err)
			}
			if residue(t, dir, secrets) < len(secrets) {
				t.Fatalf("%s: the task is not in the files: the test sees nothing", name)
			}
			must(t, end(s))
			if n := residue(t, dir, secrets); n != 0 {
				t.Errorf("%s, size %d: %d secrets are in the files afterwards", name, size, n)
			}
			checkIntegrity(t, s)
		}
	}
}

// Large tasks that nobody takes don't let the log grow.
func TestLargeTasksCutTheLog(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	request := make([]byte, cutEvery/2)
	for i := range 8 {
		must(t, s.Tasks().Add(context.Background(), models.Task{ID: fmt.Sprint(i), State: models.TaskPending, Request: request}))
		info, err := os.Stat(filepath.Join(dir, database+"-wal"))
		must(t, err)
		if info.Size() > 2*cutEvery {
			t.Fatalf("the log has %d bytes after %d tasks", info.Size(), i+1)
		}
	}
}

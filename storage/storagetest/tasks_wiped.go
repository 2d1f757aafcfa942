package storagetest

import (
	"context"
	"testing"
	"time"

	"oblik/models"
)

var taskErasureTests = []test{
	{"tasks: wiped with the person", tasksOfPerson},
	{"tasks: wiped with the encounter", tasksOfEncounter},
	{"tasks: wiped with the last encounter", tasksOfLast},
	{"tasks: wiped while worked on", tasksWipedBeside},
	{"tasks: merged", tasksMerged},
	{"tasks: moved", tasksMoved},
}

// about adds a task that holds data of a person's encounter.
func about(t testing.TB, s Stores, id string, state models.TaskState, person models.PersonID, encounter models.EncounterID) models.Task {
	t.Helper()
	one := inState(id, state)
	if state == models.TaskPending {
		one = task(id, 0, time.Hour)
	}
	one.Person, one.Encounter = person, encounter
	return add(t, s, one)
}

// wantWiped checks that a task is cleared; one that was done is due again, so
// that it comes to an end.
func wantWiped(t testing.TB, s Stores, before models.Task) {
	t.Helper()
	got, want := readTask(t, s, before.ID), before
	if got.Version <= before.Version {
		t.Fatalf("version %d was %d before", got.Version, before.Version)
	}
	want.Request, want.Result, want.ResultType, want.Version = nil, nil, "", got.Version
	if before.State.Stage() == models.StageDeliver {
		want.State, want.Attempts, want.Due = models.TaskPending, 0, got.Due
		if !got.Due.After(before.Due) {
			t.Fatalf("due at %v, and before at %v", got.Due, before.Due)
		}
	}
	wantTask(t, s, want)
}

func tasksOfPerson(t *testing.T, s Stores) {
	for _, key := range [][2]string{{"p", "e1"}, {"p", "e2"}, {"q", "e1"}} {
		Must(t, create(s, record(key[0], key[1])))
	}
	wiped := []models.Task{
		about(t, s, "pending", models.TaskPending, "p", "e1"),
		about(t, s, "pending, of all", models.TaskPending, "p", ""),
		about(t, s, "pending, of none", models.TaskPending, "p", "e9"),
		about(t, s, "done", models.TaskScheduled, "p", "e2"),
		about(t, s, "again", models.TaskRetry, "p", ""),
		about(t, s, "delivered", models.TaskCompleted, "p", "e1"),
		about(t, s, "failed", models.TaskFailed, "p", ""),
	}
	kept := []models.Task{
		about(t, s, "other", models.TaskPending, "q", "e1"),
		about(t, s, "other, done", models.TaskScheduled, "q", ""),
		about(t, s, "nobody's", models.TaskScheduled, "", ""),
		about(t, s, "unknown's", models.TaskPending, "P", "e1"),
	}
	WantKind(t, erasePerson(s, "P"), models.NotFound)
	Must(t, erasePerson(s, "p"))
	s = s.Reopen(t)
	for _, one := range wiped {
		wantWiped(t, s, one)
	}
	for _, one := range kept {
		wantTask(t, s, one)
	}
	wantCounts(t, s, map[models.TaskState]int{models.TaskPending: 7, models.TaskScheduled: 2, models.TaskCompleted: 1, models.TaskFailed: 1})
	for range 7 {
		if next(t, s, models.StageWork, ample) == nil {
			t.Fatal("a task that was wiped is not due")
		}
	}
	wantNext(t, s, models.StageWork, "")
}

func tasksOfEncounter(t *testing.T, s Stores) {
	for _, encounter := range []string{"e1", "e2"} {
		Must(t, create(s, record("p", encounter)))
	}
	Must(t, create(s, record("q", "e1")))
	wiped := []models.Task{
		about(t, s, "pending", models.TaskPending, "p", "e1"),
		about(t, s, "done", models.TaskScheduled, "p", "e1"),
		about(t, s, "again, of all", models.TaskRetry, "p", ""),
		about(t, s, "failed, of all", models.TaskFailed, "p", ""),
	}
	kept := []models.Task{
		about(t, s, "pending, of all", models.TaskPending, "p", ""),
		about(t, s, "other encounter", models.TaskScheduled, "p", "e2"),
		about(t, s, "other person", models.TaskScheduled, "q", "e1"),
		about(t, s, "nobody's", models.TaskFailed, "", ""),
	}
	WantKind(t, erase(s, record("p", "e3").Encounter.Key), models.NotFound)
	Must(t, erase(s, record("p", "e1").Encounter.Key))
	for _, one := range wiped {
		wantWiped(t, s, one)
	}
	for _, one := range kept {
		wantTask(t, s, one)
	}
}

// tasksOfLast: the person goes too, but not what is asked for another encounter.
func tasksOfLast(t *testing.T, s Stores) {
	Must(t, create(s, record("p", "e1")))
	all := about(t, s, "of all", models.TaskPending, "p", "")
	other := about(t, s, "to come", models.TaskPending, "p", "e2")
	Must(t, erase(s, record("p", "e1").Encounter.Key))
	wantWiped(t, s, all)
	wantTask(t, s, other)
}

// tasksWipedBeside: who works on a task while its person is erased can't store
// what came of it.
func tasksWipedBeside(t *testing.T, s Stores) {
	Must(t, create(s, record("p", "e")))
	about(t, s, "t", models.TaskPending, "p", "e")
	mine := *next(t, s, models.StageWork, ample)
	Must(t, erasePerson(s, "p"))
	mine.State, mine.Result = models.TaskScheduled, []byte("a face")
	_, err := s.Tasks.Save(context.Background(), mine)
	WantKind(t, err, models.Conflict)
	got := readTask(t, s, "t")
	if got.State != models.TaskPending || got.Request != nil || got.Result != nil {
		t.Fatalf("left is %+v", got)
	}
	got.State, got.Result = models.TaskScheduled, []byte("erased") // whoever takes it next tells the client
	got.Due = time.Time{}
	save(t, s, got)
	wantNext(t, s, models.StageDeliver, "t")
}

// wantGiven checks that a task is now target's, and else as it was.
func wantGiven(t testing.TB, s Stores, before models.Task) {
	t.Helper()
	before.Person = "target"
	got := readTask(t, s, before.ID)
	if got.Version <= before.Version {
		t.Fatalf("version %d was %d before", got.Version, before.Version)
	}
	before.Version = got.Version
	wantTask(t, s, before)
}

func tasksMerged(t *testing.T, s Stores) {
	Must(t, create(s, record("source", "e1")))
	Must(t, create(s, record("target", "e2")))
	given := []models.Task{
		about(t, s, "pending", models.TaskPending, "source", "e1"),
		about(t, s, "done, of all", models.TaskScheduled, "source", ""),
		about(t, s, "failed", models.TaskFailed, "source", "e9"),
	}
	own, nobody := about(t, s, "own", models.TaskScheduled, "target", "e2"), about(t, s, "nobody's", models.TaskScheduled, "", "")
	WantKind(t, merge(s, "target", "target"), models.Conflict)
	Must(t, merge(s, "target", "source"))
	for _, one := range given {
		wantGiven(t, s, one)
	}
	wantTask(t, s, own)
	wantTask(t, s, nobody)
	Must(t, erasePerson(s, "target"))
	for _, one := range given {
		one.Person = "target"
		wantWiped(t, s, one)
	}
	wantWiped(t, s, own)
}

// tasksMoved: those of the encounter go with it, and the rest with the last.
func tasksMoved(t *testing.T, s Stores) {
	for _, key := range [][2]string{{"source", "e1"}, {"source", "e2"}, {"target", "e3"}} {
		Must(t, create(s, record(key[0], key[1])))
	}
	one, two := about(t, s, "one", models.TaskScheduled, "source", "e1"), about(t, s, "two", models.TaskScheduled, "source", "e2")
	all := about(t, s, "of all", models.TaskScheduled, "source", "")
	Must(t, move(s, "target", "source", "e1"))
	wantGiven(t, s, one)
	wantTask(t, s, two)
	wantTask(t, s, all)
	Must(t, move(s, "target", "source", "e2"))
	wantGiven(t, s, two)
	wantGiven(t, s, all)
}

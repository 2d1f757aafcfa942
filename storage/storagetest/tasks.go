package storagetest

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"oblik/models"
)

var taskTests = []test{
	{"tasks: kept", tasksKept},
	{"tasks: large", tasksLarge},
	{"tasks: refused", tasksRefused},
	{"tasks: one version", tasksVersion},
	{"tasks: in order", tasksInOrder},
	{"tasks: stages apart", tasksStages},
	{"tasks: due at no time", tasksDueNow},
	{"tasks: lease", tasksLease},
	{"tasks: one taker each", tasksTaken},
	{"tasks: expired", tasksExpired},
	{"tasks: held", tasksHeld},
}

// task is one that has been due for so long.
func task(id string, priority int, due time.Duration) models.Task {
	return models.Task{ID: id, Client: "desk №1", Operation: "identify", Transaction: "t\n" + id,
		Person: "p " + models.PersonID(id), Encounter: "e", Callback: "https://desk.example/cb?x=1", State: models.TaskPending,
		Priority: priority, Attempts: 2, Begun: 3, Due: time.Now().Add(-due).UTC().Truncate(time.Microsecond),
		Request: []byte("\x00any bytes " + id), Created: time.Unix(1, 0), Updated: time.Unix(2, 0), Version: 77}
}

// inState is a task that has come to a state, with a result and without a request.
func inState(id string, state models.TaskState) models.Task {
	t := task(id, 0, time.Hour)
	t.State, t.Request, t.Result, t.ResultType = state, nil, []byte("result of "+id), "application/json"
	return t
}

// add stores a task and gives it as it is stored.
func add(t testing.TB, s Stores, task models.Task) models.Task {
	t.Helper()
	Must(t, s.Tasks.Add(context.Background(), task))
	return readTask(t, s, task.ID)
}

// save stores a task and gives it with its new version.
func save(t testing.TB, s Stores, task models.Task) models.Task {
	t.Helper()
	version, err := s.Tasks.Save(context.Background(), task)
	Must(t, err)
	if version <= task.Version {
		t.Fatalf("version %d comes after %d", version, task.Version)
	}
	task.Version = version
	return task
}

func readTask(t testing.TB, s Stores, id string) models.Task {
	t.Helper()
	got, err := s.Tasks.Read(context.Background(), id)
	Must(t, err)
	return got
}

// wantTask checks that a task is stored as it is here, whenever it was stored.
func wantTask(t testing.TB, s Stores, want models.Task) {
	t.Helper()
	got := readTask(t, s, want.ID)
	head, err := s.Tasks.Head(context.Background(), want.ID)
	Must(t, err)
	if short := got; head.Request != nil || head.Result != nil {
		t.Errorf("the head holds %q and %q", head.Request, head.Result)
	} else if short.Request, short.Result = nil, nil; !reflect.DeepEqual(head, short) {
		t.Errorf("the head is %+v, want %+v", head, short)
	}
	if got.Created.Location() != time.UTC || got.Updated.Location() != time.UTC || got.Due.Location() != time.UTC ||
		got.Created.Year() < 2024 || got.Updated.Before(got.Created) {
		t.Fatalf("created %v, updated %v, due %v", got.Created, got.Updated, got.Due)
	}
	want.Created, want.Updated = got.Created, got.Updated
	if want.State.Stage() == models.StageOver {
		want.Due = got.Due
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("read\n%#v\nwant\n%#v", got, want)
	}
}

func tasksKept(t *testing.T, s Stores) {
	ctx := context.Background()
	one, over := task("t1", 99, time.Hour), inState("t2", models.TaskCompleted)
	one.Version, over.Version = 1, 1
	over.Person, over.Encounter, over.Callback, over.Result = "", "", "", []byte{}
	add(t, s, one)
	add(t, s, over)
	wantTask(t, s, one)
	wantTask(t, s, over)
	created := readTask(t, s, "t1").Created
	one.Person, one.Encounter, one.Client, one.Operation, one.Transaction, one.Callback = "p2", "e2", "c2", "o2", "", "http://cb"
	one.State, one.Attempts, one.Begun, one.Priority, one.Due = models.TaskRetry, 0, 1, 7, one.Due.Add(time.Minute)
	one.Request, one.Result, one.ResultType = nil, []byte(`{"r":1 }`), "application/error+json"
	one = save(t, s, one)
	over.State, over.Result = models.TaskFailed, nil
	over = save(t, s, over)
	s = s.Reopen(t)
	wantTask(t, s, one)
	wantTask(t, s, over)
	if got := readTask(t, s, "t1").Created; !got.Equal(created) {
		t.Errorf("created at %v, and later at %v", created, got)
	}
	_, err := s.Tasks.Head(ctx, "t3")
	WantKind(t, err, models.NotFound)
	_, err = s.Tasks.Read(ctx, "t3")
	WantKind(t, err, models.NotFound)
}

// tasksLarge: as large as a request may be.
func tasksLarge(t *testing.T, s Stores) {
	one := task("t", 0, time.Hour)
	one.Request = random(30 << 20)
	add(t, s, one)
	one.Version = 1
	wantTask(t, s, one)
	if got := next(t, s, models.StageWork, ample); !slices.Equal(got.Request, one.Request) {
		t.Errorf("taken with %d bytes of %d", len(got.Request), len(one.Request))
	}
}

func tasksRefused(t *testing.T, s Stores) {
	ctx := context.Background()
	for name, spoil := range map[string]func(*models.Task){
		"no id": func(t *models.Task) { t.ID = "" }, "no state": func(t *models.Task) { t.State = "" },
		"a strange state": func(t *models.Task) { t.State = "pending" },
		"priority -1":     func(t *models.Task) { t.Priority = -1 }, "priority 100": func(t *models.Task) { t.Priority = 100 },
	} {
		bad := task("t", 0, 0)
		spoil(&bad)
		_, saved := s.Tasks.Save(ctx, bad)
		for _, err := range []error{s.Tasks.Add(ctx, bad), saved} {
			if err == nil || models.KindOf(err) != models.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	wantCounts(t, s, nil)
}

package storagetest

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"oblik/models"
)

var taskTests = []test{
	{"tasks: kept", tasksKept},
	{"tasks: in order", tasksInOrder},
	{"tasks: lease", tasksLease},
	{"tasks: one taker each", tasksTaken},
}

// task is one that has been due for so long.
func task(id string, priority int, due time.Duration) models.Task {
	at := time.Date(2025, 5, 6, 7, 8, 9, 123456000, time.UTC)
	return models.Task{ID: id, State: models.TaskPending, Priority: priority, Due: time.Now().Add(-due).UTC().Truncate(time.Microsecond),
		Request: []byte("\x00any bytes " + id), Created: at, Updated: at.Add(time.Second)}
}

func tasksKept(t *testing.T, s Stores) {
	ctx := context.Background()
	one := task("t1", 0, time.Hour)
	never := task("t2", 9, 0)
	never.State, never.Due, never.Attempts, never.Result = models.TaskCompleted, time.Time{}, 3, []byte(`{"r":1 }`)
	never.Request = nil
	check := func(want models.Task) {
		t.Helper()
		got, err := s.Tasks.Read(ctx, want.ID)
		Must(t, err)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("read %+v, want %+v", got, want)
		}
	}
	Must(t, s.Tasks.Save(ctx, one))
	Must(t, s.Tasks.Save(ctx, never))
	check(one)
	one.State, one.Attempts, one.Priority, one.Result = models.TaskRetry, 1, 7, []byte("result")
	one.Due, one.Updated = one.Due.Add(time.Minute), one.Updated.Add(time.Minute)
	Must(t, s.Tasks.Save(ctx, one))
	s = s.Reopen(t)
	check(one)
	check(never)
	Must(t, s.Tasks.Remove(ctx, "t1"))
	Must(t, s.Tasks.Remove(ctx, "t1"))
	_, err := s.Tasks.Read(ctx, "t1")
	WantKind(t, err, models.NotFound)
	wantNext(t, s, ample, "")
}

// wantNext takes a task; "" if none is due.
func wantNext(t testing.TB, s Stores, lease time.Duration, id string) {
	t.Helper()
	got, err := s.Tasks.Next(context.Background(), lease)
	Must(t, err)
	if got == nil && id != "" || got != nil && got.ID != id {
		t.Fatalf("next is %+v, want %q", got, id)
	}
}

func tasksInOrder(t *testing.T, s Stores) {
	wantNext(t, s, ample, "")
	for _, task := range []models.Task{
		task("low", 0, 5*time.Hour), task("early", 5, 3*time.Hour), task("high", 9, time.Hour),
		task("earlier", 5, 4*time.Hour), task("not yet", 9, -time.Hour), task("late", 5, 2*time.Hour),
	} {
		Must(t, s.Tasks.Save(context.Background(), task))
	}
	for _, id := range []string{"high", "earlier", "early", "late", "low", ""} {
		wantNext(t, s, ample, id)
	}
}

// tasksLease: a task that is taken is due again when the lease is over.
func tasksLease(t *testing.T, s Stores) {
	ctx := context.Background()
	Must(t, s.Tasks.Save(ctx, task("t", 1, time.Hour)))
	wantNext(t, s, spent, "t")
	wantNext(t, s, ample, "t")
	wantNext(t, s, ample, "")
	got, err := s.Tasks.Read(ctx, "t")
	Must(t, err)
	if string(got.Request) != "\x00any bytes t" || got.State != models.TaskPending {
		t.Fatalf("a task that was taken is %+v", got)
	}
	got.Due = time.Now().Add(-time.Minute)
	Must(t, s.Tasks.Save(ctx, got)) // saved as due, it is
	wantNext(t, s, ample, "t")
	Must(t, s.Tasks.Remove(ctx, "t"))
	wantNext(t, s, spent, "")
}

// tasksTaken: of many takers each task has one.
func tasksTaken(t *testing.T, s Stores) {
	const n = 100
	for i := range n {
		Must(t, s.Tasks.Save(context.Background(), task(fmt.Sprint("t", i), i%10, time.Hour)))
	}
	taken := map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				got, err := s.Tasks.Next(context.Background(), ample)
				if err != nil {
					t.Error(err)
				}
				if got == nil {
					return
				}
				mu.Lock()
				if taken[got.ID] {
					t.Error("a task was taken twice")
				}
				taken[got.ID] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(taken) != n {
		t.Errorf("%d of %d tasks were taken", len(taken), n)
	}
}

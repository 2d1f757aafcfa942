package storagetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"oblik/models"
)

// next takes a task; nil if none is due.
func next(t testing.TB, s Stores, stage models.Stage, lease time.Duration) *models.Task {
	t.Helper()
	got, err := s.Tasks.Next(context.Background(), stage, lease)
	Must(t, err)
	return got
}

// wantNext takes a task and checks which; "" if none is due.
func wantNext(t testing.TB, s Stores, stage models.Stage, id string) {
	t.Helper()
	got := next(t, s, stage, ample)
	if got == nil && id != "" || got != nil && got.ID != id {
		t.Fatalf("next is %+v, want %q", got, id)
	}
}

func tasksInOrder(t *testing.T, s Stores) {
	wantNext(t, s, models.StageWork, "")
	for _, one := range []models.Task{
		task("low", 0, 5*time.Hour), task("early", 50, 3*time.Hour), task("high", 99, time.Hour),
		task("earlier", 50, 4*time.Hour), task("not yet", 99, -time.Hour), task("late", 50, 2*time.Hour),
	} {
		add(t, s, one)
	}
	for _, id := range []string{"high", "earlier", "early", "late", "low", ""} {
		wantNext(t, s, models.StageWork, id)
	}
}

// tasksStages: who works is given no delivery, and what is over is given to nobody.
func tasksStages(t *testing.T, s Stores) {
	for i, state := range []models.TaskState{models.TaskPending, models.TaskScheduled, models.TaskRetry, models.TaskCompleted, models.TaskFailed} {
		one := inState(string(state), state)
		one.Priority = i
		add(t, s, one)
	}
	for _, want := range []struct {
		stage models.Stage
		id    models.TaskState
	}{{models.StageOver, ""}, {models.StageDeliver, models.TaskRetry}, {models.StageDeliver, models.TaskScheduled},
		{models.StageDeliver, ""}, {models.StageWork, models.TaskPending}, {models.StageWork, ""}, {"", ""}} {
		wantNext(t, s, want.stage, string(want.id))
	}
	done := readTask(t, s, "PENDING")
	done.State, done.Due = models.TaskScheduled, time.Now().Add(-time.Hour)
	done = save(t, s, done)
	wantNext(t, s, models.StageWork, "")
	wantNext(t, s, models.StageDeliver, done.ID)
	wantNext(t, s, models.StageDeliver, "")
}

// tasksDueNow: in the order they were added.
func tasksDueNow(t *testing.T, s Stores) {
	for i := range 3 {
		one := task(fmt.Sprint(i), 0, 0)
		one.Due = time.Time{}
		if got := add(t, s, one); !got.Due.Equal(got.Created) {
			t.Errorf("added at %v, due at %v", got.Created, got.Due)
		}
	}
	for i := range 3 {
		wantNext(t, s, models.StageWork, fmt.Sprint(i))
	}
}

// tasksLease: a task that is taken is due again when the lease is over, and
// whoever had it before can't change it any more.
func tasksLease(t *testing.T, s Stores) {
	ctx := context.Background()
	one := add(t, s, task("t", 1, time.Hour))
	first := *next(t, s, models.StageWork, spent)
	if first.Version <= one.Version || !first.Due.After(one.Due) || first.Begun != one.Begun+1 {
		t.Fatalf("taken with version %d, due at %v, begun %d times", first.Version, first.Due, first.Begun)
	}
	wantTask(t, s, first)
	second := *next(t, s, models.StageWork, ample)
	if second.Begun != first.Begun+1 || second.Attempts != one.Attempts {
		t.Fatalf("begun %d times after %d, with %d attempts", second.Begun, first.Begun, second.Attempts)
	}
	wantNext(t, s, models.StageWork, "")
	_, err := s.Tasks.Save(ctx, first)
	WantKind(t, err, models.Conflict)
	wantTask(t, s, second)
	second.State, second.Request, second.Result, second.Due, second.Begun = models.TaskScheduled, nil, []byte("r"), time.Time{}, 0
	save(t, s, second)
	third := *next(t, s, models.StageDeliver, ample)
	if third.Begun != 1 {
		t.Fatalf("begun %d times after an attempt that ended", third.Begun)
	}
	third.State, third.Result = models.TaskCompleted, nil
	third = save(t, s, third)
	s = s.Reopen(t)
	wantTask(t, s, third)
	wantNext(t, s, models.StageDeliver, "")
}

// tasksTaken: of many takers each task has one.
func tasksTaken(t *testing.T, s Stores) {
	const n = 100
	for i := range n {
		add(t, s, task(fmt.Sprint("t", i), i%10, time.Hour))
	}
	taken := map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				got, err := s.Tasks.Next(context.Background(), models.StageWork, ample)
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

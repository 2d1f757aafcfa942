package storagetest

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"oblik/models"
)

// tasksVersion: of those who change a task, one has the version for it.
func tasksVersion(t *testing.T, s Stores) {
	ctx := context.Background()
	one := add(t, s, task("t", 1, time.Hour))
	WantKind(t, s.Tasks.Add(ctx, task("t", 2, 0)), models.Conflict)
	wantTask(t, s, one)
	results := make(chan error, 8)
	for i := range cap(results) {
		go func() {
			mine := one
			mine.Attempts = 10 + i
			_, err := s.Tasks.Save(ctx, mine)
			results <- err
		}()
	}
	won := 0
	for range cap(results) {
		if err := <-results; err == nil {
			won++
		} else if models.KindOf(err) != models.Conflict {
			t.Error(err)
		}
	}
	if got := readTask(t, s, "t"); won != 1 || got.Attempts < 10 || got.Version == one.Version {
		t.Fatalf("%d have changed it, to %+v", won, got)
	}
	_, err := s.Tasks.Save(ctx, one)
	WantKind(t, err, models.Conflict)
	gone := task("gone", 0, 0)
	gone.Version = 1
	_, err = s.Tasks.Save(ctx, gone)
	WantKind(t, err, models.Conflict)
}

// wantCounts checks the counts of the states.
func wantCounts(t testing.TB, s Stores, want map[models.TaskState]int) {
	t.Helper()
	got, err := s.Tasks.Count(context.Background())
	Must(t, err)
	if !maps.Equal(got, want) {
		t.Fatalf("counts %v, want %v", got, want)
	}
}

// tasksExpired: what is over goes when it is old.
func tasksExpired(t *testing.T, s Stores) {
	ctx := context.Background()
	wantCounts(t, s, nil)
	for _, state := range []models.TaskState{models.TaskPending, models.TaskScheduled, models.TaskRetry, models.TaskCompleted, models.TaskFailed} {
		for i := range len(state) {
			add(t, s, inState(fmt.Sprint(state, i), state))
		}
	}
	all := map[models.TaskState]int{models.TaskPending: 7, models.TaskScheduled: 18, models.TaskRetry: 14, models.TaskCompleted: 9, models.TaskFailed: 14}
	wantCounts(t, s, all)
	for _, test := range []struct {
		age  time.Duration
		want int
	}{{time.Hour, 0}, {0, 9 + 14}, {0, 0}} {
		n, err := s.Tasks.Expire(ctx, test.age)
		Must(t, err)
		if n != test.want {
			t.Fatalf("%d expired of age %v, want %d", n, test.age, test.want)
		}
	}
	delete(all, models.TaskCompleted)
	delete(all, models.TaskFailed)
	wantCounts(t, s, all)
	_, err := s.Tasks.Read(ctx, "COMPLETED0")
	WantKind(t, err, models.NotFound)
}

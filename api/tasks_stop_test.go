package api_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"oblik/models"
)

// What is under way when the service stops ends in time, or is given back: it
// is due at once and has lost no attempt.
func TestTaskStop(t *testing.T) {
	for _, stage := range []models.TaskState{models.TaskPending, models.TaskScheduled} {
		for _, ends := range []bool{false, true} {
			w, r, p := newWorld(t), &runner{}, quick
			begun, release := make(chan struct{}), make(chan struct{})
			var once sync.Once
			block := func(ctx context.Context, task models.Task) error {
				once.Do(func() { close(begun) }) // it may be taken once more as the first is given back
				if !ends {
					return held(ctx, task)
				}
				<-release
				return nil
			}
			next := stage
			if stage == models.TaskPending {
				r.work = block
			} else {
				r.deliver = block
			}
			if ends {
				p.Drain = time.Hour
				next = map[models.TaskState]models.TaskState{
					models.TaskPending: models.TaskScheduled, models.TaskScheduled: models.TaskCompleted}[stage]
			}
			stop := w.running(t, r, p)
			task := w.submit(t, "a")
			<-begun
			go func() { time.Sleep(20 * time.Millisecond); close(release) }()
			stop()
			after := w.wantState(t, task.ID, next)
			if !ends && (after.Attempts != 0 || after.Due.After(time.Now())) {
				t.Errorf("given back as %+v", after)
			}
			r = &runner{}
			w.running(t, r, quick) // the next process
			w.wantState(t, task.ID, models.TaskCompleted)
		}
	}
}

// A process that is killed has told nobody: its lease runs out.
func TestTaskOfAKilledProcess(t *testing.T) {
	for _, stage := range []models.Stage{models.StageWork, models.StageDeliver} {
		dir := t.TempDir()
		w := worldIn(t, dir)
		task := w.submit(t, "a")
		if stage == models.StageDeliver {
			stop := w.running(t, &runner{deliver: held}, quick)
			w.wantState(t, task.ID, models.TaskScheduled)
			stop()
		}
		taken, err := w.store.Tasks().Next(context.Background(), stage, 300*time.Millisecond)
		if err != nil || taken == nil || taken.ID != task.ID {
			t.Fatalf("%+v, %v", taken, err)
		}
		if err := w.store.Close(); err != nil {
			t.Fatal(err)
		}
		w = worldIn(t, dir)
		r := &runner{}
		w.running(t, r, quick)
		w.wantState(t, task.ID, models.TaskCompleted)
		if got := r.got(); len(got) != 1 || got[0].result != "did a" {
			t.Errorf("delivered: %+v", got)
		}
	}
}

// One dead host takes half of the deliverers, never all.
func TestTaskDeadHost(t *testing.T) {
	w, r, p := newWorld(t), &runner{}, quick
	p.Deliverers = 4
	r.deliver = func(ctx context.Context, t models.Task) error {
		if strings.Contains(t.Callback, "dead") {
			return held(ctx, t)
		}
		return nil
	}
	for range 20 {
		w.submit(t, "dead", func(t *models.Task) { t.Callback, t.Priority = "https://dead.example/", 9 })
	}
	w.running(t, r, p)
	w.eventually(t, func() bool {
		all, err := w.store.Tasks().Count(context.Background())
		return err == nil && all[models.TaskScheduled] == 20
	})
	alive := w.submit(t, "alive")
	w.wantState(t, alive.ID, models.TaskCompleted)
	if n := len(r.got()); n != 1 {
		t.Errorf("%d answers delivered", n)
	}
}

// Answers are delivered in the order they fall due: a client that gives its
// requests a high priority, and whose host is dead, is not always the next.
func TestTaskDeliveriesHaveNoPriority(t *testing.T) {
	w, p := newWorld(t), quick
	p.Deliverers = 1
	for i, priority := range []int{0, 29, 10} {
		w.submit(t, fmt.Sprint(i), func(t *models.Task) { t.Priority = priority })
	}
	stop := w.running(t, &runner{deliver: held}, p)
	w.eventually(t, func() bool {
		all, err := w.store.Tasks().Count(context.Background())
		return err == nil && all[models.TaskScheduled] == 3
	})
	stop()
	for range 3 {
		task, err := w.store.Tasks().Next(context.Background(), models.StageDeliver, time.Minute)
		if err != nil || task == nil || task.Priority != 0 {
			t.Fatalf("%+v, %v", task, err)
		}
	}
}

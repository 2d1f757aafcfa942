package api_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"oblik/models"
)

// end takes the next task as often as processes do that end at it.
func (w world) end(t *testing.T, stage models.Stage, times int) {
	t.Helper()
	for range times {
		task, err := w.store.Tasks().Next(context.Background(), stage, time.Microsecond)
		if err != nil || task == nil {
			t.Fatalf("%+v, %v", task, err)
		}
	}
}

// Work that ends each process is given up, and the client is told; a death less,
// and it is done.
func TestTaskWhoseWorkEndsProcesses(t *testing.T) {
	for deaths, want := range map[int]delivery{
		4: {mime: "text/plain", result: "did a"}, 5: {mime: "error", result: models.Crashed.String()},
	} {
		w, r := newWorld(t), &runner{}
		task := w.submit(t, "a")
		w.end(t, models.StageWork, deaths)
		w.running(t, r, quick)
		w.wantState(t, task.ID, models.TaskCompleted)
		want.task = task.ID
		if got := r.got(); len(got) != 1 || got[0] != want || len(r.worked) != 5-deaths {
			t.Errorf("%d deaths: delivered %+v after work on %v", deaths, got, r.worked)
		}
	}
}

// So is a delivery; the client may ask for it again.
func TestTaskWhoseDeliveryEndsProcesses(t *testing.T) {
	w, r := newWorld(t), &runner{}
	stop := w.running(t, &runner{deliver: held}, quick)
	task := w.submit(t, "a")
	w.wantState(t, task.ID, models.TaskScheduled)
	stop()
	w.end(t, models.StageDeliver, 5)
	w.running(t, r, quick)
	w.wantState(t, task.ID, models.TaskFailed)
	if got := r.got(); len(got) != 0 {
		t.Errorf("delivered: %+v", got)
	}
	if err := w.Redeliver(context.Background(), by, task.ID); err != nil {
		t.Fatal(err)
	}
	if over := w.wantState(t, task.ID, models.TaskCompleted); over.Begun != 0 {
		t.Errorf("over with %+v", over)
	}
	if got := r.got(); len(got) != 1 || got[0].result != "did a" {
		t.Errorf("delivered: %+v", got)
	}
}

// Attempts that end badly are none that don't end, however many.
func TestTaskPutOffIsNotGivenUp(t *testing.T) {
	w, r, failures := newWorld(t), &runner{}, 20
	r.work = func(context.Context, models.Task) error {
		if failures--; failures < 0 {
			return nil
		}
		return models.Errorf("test", models.Unavailable, "as asked")
	}
	task := w.submit(t, "a")
	w.running(t, r, quick)
	w.wantState(t, task.ID, models.TaskCompleted)
	if got := r.got(); len(got) != 1 || got[0].result != "did a" {
		t.Errorf("delivered: %+v", got)
	}
}

// What was under way together when the process ended is not so again.
func TestTaskSuspectsApart(t *testing.T) {
	w, r, p := newWorld(t), &runner{}, quick
	p.WorkTime, p.DeliverTime = 100*time.Millisecond, 100*time.Millisecond // also the longest they wait for each other
	var mu sync.Mutex
	under, most := 0, 0
	r.work = func(context.Context, models.Task) error {
		mu.Lock()
		under++
		most = max(most, under)
		mu.Unlock()
		time.Sleep(10 * time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		under--
		return nil
	}
	const n = 6
	var ids []string
	for i := range n {
		ids = append(ids, w.submit(t, fmt.Sprint(i)).ID)
	}
	for range n {
		w.end(t, models.StageWork, 1)
	}
	w.running(t, r, p)
	for _, id := range ids {
		if over := w.wantState(t, id, models.TaskCompleted); over.Begun != 0 {
			t.Errorf("over with %+v", over)
		}
	}
	if most != 1 || len(r.worked) != n {
		t.Errorf("%d at once, %d in all", most, len(r.worked))
	}
}

// A panic ends its attempt alone: the process, the place and the host go on.
func TestTaskPanics(t *testing.T) {
	for _, stage := range []models.TaskState{models.TaskPending, models.TaskScheduled} {
		w, r, p := newWorld(t), &runner{}, quick
		p.Workers, p.Deliverers = 1, 1
		begun := make(chan struct{})
		bad := func(_ context.Context, t models.Task) error {
			if t.Transaction == "bad" {
				close(begun)
				panic("as asked")
			}
			return nil
		}
		if r.work = bad; stage == models.TaskScheduled {
			r.work, r.deliver = nil, bad
		}
		w.running(t, r, p)
		task := w.submit(t, "bad")
		<-begun
		good := w.submit(t, "good")
		w.wantState(t, good.ID, models.TaskCompleted)
		if left := w.wantState(t, task.ID, stage); left.Begun != 1 || !left.Due.After(time.Now()) {
			t.Errorf("left is %+v", left)
		}
	}
}

package api_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"oblik/api"
	"oblik/models"
)

// runner is a wire without a network. What a field does is done where it is set.
type runner struct {
	work    func(context.Context, models.Task) error
	deliver func(context.Context, models.Task) error

	mu        sync.Mutex
	worked    []string // the tasks' transactions
	delivered []delivery
}

// delivery is an answer that came.
type delivery struct{ task, mime, result string }

func (r *runner) Work(ctx context.Context, t models.Task) ([]byte, string, error) {
	r.mu.Lock()
	r.worked = append(r.worked, t.Transaction)
	r.mu.Unlock()
	if r.work != nil {
		if err := r.work(ctx, t); err != nil {
			return nil, "", err
		}
	}
	return append([]byte("did "), t.Request...), "text/plain", nil
}

func (r *runner) Fault(err error) ([]byte, string) {
	return []byte(models.KindOf(err).String()), "error"
}

func (r *runner) Deliver(ctx context.Context, t models.Task) error {
	if r.deliver != nil {
		if err := r.deliver(ctx, t); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delivered = append(r.delivered, delivery{t.ID, t.ResultType, string(t.Result)})
	return nil
}

func (r *runner) got() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.delivered)
}

var errDead = errors.New("as asked")

func dead(context.Context, models.Task) error { return errDead }

// held is an attempt that lasts until its context ends, which is its error.
func held(ctx context.Context, _ models.Task) error {
	<-ctx.Done()
	return models.Errorf("test", models.Deadline, "%w", ctx.Err())
}

// quick is a policy without long waits.
var quick = api.TaskPolicy{Backoff: time.Millisecond, MaxBackoff: 5 * time.Millisecond, Attempts: 3, Drain: time.Millisecond}

// running runs tasks until stop, or the test's end.
func (w world) running(t testing.TB, r *runner, p api.TaskPolicy) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); w.RunTasks(ctx, r, p) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// submit stores a task of the tester whose transaction, and request, is name.
func (w world) submit(t testing.TB, name string, change ...func(*models.Task)) models.Task {
	t.Helper()
	task := models.Task{
		Client: by.Client, Operation: "test", Transaction: name, Callback: "https://desk.example/", Request: []byte(name),
	}
	for _, f := range change {
		f(&task)
	}
	task, err := w.Submit(context.Background(), task, quick)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// wantState waits for a task's state.
func (w world) wantState(t testing.TB, id string, want models.TaskState) models.Task {
	t.Helper()
	for range 2000 {
		task, err := w.store.Tasks().Read(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		if task.State == want {
			return task
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("the task is not %s in time", want)
	return models.Task{}
}

package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"oblik/api"
	"oblik/models"
)

// again is the service as another process has it, which knows of no task yet.
func (w world) again(t *testing.T) world {
	t.Helper()
	other, err := api.New(w.parts)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	return world{Service: other, store: w.store, parts: w.parts}
}

// One client has half of the room, in number and in bytes, and all have no more
// than all of it.
func TestTaskRoom(t *testing.T) {
	ctx := context.Background()
	for name, p := range map[string]api.TaskPolicy{"number": {Room: 4}, "bytes": {MaxBytes: 4 * 10}} {
		w := newWorld(t)
		submit := func(client string) error {
			_, err := w.Submit(ctx, models.Task{Client: client, Request: []byte("ten bytes.")}, p)
			return err
		}
		want := func(client, text string) {
			t.Helper()
			err := submit(client)
			wantKind(t, err, models.Unavailable)
			if !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), client) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, client := range []string{"desk a", "desk a", "desk b"} {
			if err := submit(client); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		want("desk a", "of this client's requests")
		w = w.again(t)
		want("desk a", "of this client's requests")
		if err := submit("desk c"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want("desk d", "more of requests")
		w = w.again(t)
		want("desk d", "more of requests")
	}
	for _, p := range []api.TaskPolicy{{Room: -1}, {MaxBytes: -1}, {Drain: -1}} {
		wantKind(t, p.Validate(), models.Invalid)
	}
}

func TestTaskIsSubmittedOnce(t *testing.T) {
	w := newWorld(t)
	id := func(t *models.Task) { t.ID = "0123456789abcdef0123456789abcdef" }
	w.submit(t, "first", id)
	if again := w.submit(t, "second", id); string(again.Request) != "first" {
		t.Errorf("%+v", again)
	}
}

// What could not be delivered takes room until it is removed; what was delivered
// takes none.
func TestTaskRoomOfAnswers(t *testing.T) {
	ctx := context.Background()
	for _, deliver := range []func(context.Context, models.Task) error{nil, dead} {
		w := newWorld(t)
		stop := w.running(t, &runner{deliver: deliver}, quick)
		end := models.TaskCompleted
		if deliver != nil {
			end = models.TaskFailed
		}
		w.wantState(t, w.submit(t, "a").ID, end)
		stop()
		w = w.again(t)
		_, err := w.Submit(ctx, models.Task{Client: by.Client, Request: []byte("b")}, api.TaskPolicy{Room: 2})
		if failed := err != nil && models.KindOf(err) == models.Unavailable; failed != (end == models.TaskFailed) {
			t.Errorf("beside what is %s: %v", end, err)
		}
	}
}

// Work whose answer finds no room is put off.
func TestTaskRoomForTheAnswer(t *testing.T) {
	w, p := newWorld(t), quick
	task := w.submit(t, "abc")
	w = w.again(t)
	p.MaxBytes = 2 * int64(len("did abc")-1)
	stop := w.running(t, &runner{}, p)
	w.eventually(t, func() bool {
		waiting, err := w.store.Tasks().Read(context.Background(), task.ID)
		return err == nil && waiting.State == models.TaskPending && waiting.Attempts > p.Attempts && waiting.Result == nil
	})
	stop()
	p.MaxBytes += 2
	p.MaxBackoff = time.Millisecond
	w.running(t, &runner{}, p)
	w.wantState(t, task.ID, models.TaskCompleted)
}

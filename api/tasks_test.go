package api_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

func TestTaskFlow(t *testing.T) {
	ctx := context.Background()
	w, r := newWorld(t), &runner{}
	w.running(t, r, quick)
	task := w.submit(t, "a", func(t *models.Task) { t.Person, t.Encounter = "ann", "1" })
	over := w.wantState(t, task.ID, models.TaskCompleted)
	if over.Request != nil || over.Result != nil || over.ResultType != "" || over.Person != "" || over.Encounter != "" || over.Callback != "" {
		t.Errorf("what is over still holds %+v", over)
	}
	if got := r.got(); !reflect.DeepEqual(got, []delivery{{task.ID, "text/plain", "did a"}}) {
		t.Errorf("delivered: %+v", got)
	}
	if state, err := w.TaskStatus(ctx, by, task.ID); err != nil || state != models.TaskCompleted {
		t.Errorf("%v, %v", state, err)
	}
	wantKind(t, w.Redeliver(ctx, by, task.ID), models.NotFound)
}

// headsOnly is a store from which no whole task is read.
type headsOnly struct{ storage.Tasks }

func (headsOnly) Read(context.Context, string) (models.Task, error) { panic("a whole task") }

// A state that is asked for again and again costs no reading of photographs.
func TestTaskStatusReadsNoRequest(t *testing.T) {
	w := newWorld(t, func(p *api.Parts) { p.Tasks = headsOnly{p.Tasks} })
	task := w.submit(t, "a")
	if state, err := w.TaskStatus(context.Background(), by, task.ID); err != nil || state != models.TaskPending {
		t.Errorf("%v, %v", state, err)
	}
}

func TestTaskIsItsClientsOwn(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	task := w.submit(t, "a")
	other := api.Caller{Client: "other"}
	for _, id := range []string{task.ID, "", "x", "0123456789abcdef0123456789abcdef"} {
		_, err := w.TaskStatus(ctx, other, id)
		wantKind(t, err, models.NotFound)
		wantKind(t, w.Redeliver(ctx, other, id), models.NotFound)
	}
	if state, err := w.TaskStatus(ctx, by, task.ID); err != nil || state != models.TaskPending {
		t.Errorf("%v, %v", state, err)
	}
	if err := w.Redeliver(ctx, by, task.ID); err != nil { // it will come anyway
		t.Error(err)
	}
}

// A callback that is dead spends its attempts; after a restart the answer is
// still there to be asked for.
func TestTaskRedelivery(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	w, r := worldIn(t, dir), &runner{deliver: dead}
	stop := w.running(t, r, quick)
	task := w.submit(t, "a")
	if failed := w.wantState(t, task.ID, models.TaskFailed); failed.Attempts != quick.Attempts || string(failed.Result) != "did a" {
		t.Errorf("given up as %+v", failed)
	}
	stop()
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w, r = worldIn(t, dir), &runner{}
	if err := w.Redeliver(ctx, by, task.ID); err != nil {
		t.Fatal(err)
	}
	if again := w.wantState(t, task.ID, models.TaskRetry); again.Attempts != 0 {
		t.Errorf("asked for again: %+v", again)
	}
	w.running(t, r, quick)
	w.wantState(t, task.ID, models.TaskCompleted)
	if got := r.got(); len(got) != 1 || got[0].result != "did a" || len(r.worked) != 0 {
		t.Errorf("delivered: %+v after work on %v", got, r.worked)
	}
}

// A delivery that waits for its next attempt is made at once when it is asked for
// again, with all its attempts before it; one that was not tried yet is left.
func TestTaskRedeliveryOfOneThatWaits(t *testing.T) {
	ctx := context.Background()
	w, p := newWorld(t), quick
	p.Backoff, p.MaxBackoff = 1000*time.Hour, 1000*time.Hour
	task := w.submit(t, "a")
	stop := w.running(t, &runner{deliver: dead}, p)
	for _, state := range []models.TaskState{models.TaskScheduled, models.TaskRetry} {
		w.eventually(t, func() bool {
			t, err := w.store.Tasks().Read(ctx, task.ID)
			return err == nil && t.State == state && t.Attempts == 1
		})
		if state == models.TaskRetry {
			stop()
		}
		if err := w.Redeliver(ctx, by, task.ID); err != nil {
			t.Fatal(err)
		}
	}
	again := w.wantState(t, task.ID, models.TaskRetry)
	if again.Attempts != 0 || again.Due.After(time.Now()) {
		t.Errorf("asked for again: %+v", again)
	}
	if err := w.Redeliver(ctx, by, task.ID); err != nil {
		t.Fatal(err)
	}
	if same, err := w.store.Tasks().Read(ctx, task.ID); err != nil || same.Version != again.Version {
		t.Errorf("%+v, %v", same, err)
	}
	r := &runner{}
	w.running(t, r, p)
	w.wantState(t, task.ID, models.TaskCompleted)
}

// Faults of our own stores put work off; other errors are the answer, and so is
// whatever lasts too long.
func TestTaskPutOff(t *testing.T) {
	for kind, final := range map[models.Kind]bool{
		models.Unavailable: false, models.Deadline: false, models.Uncertain: false, models.InProgress: false,
		models.NotFound: true, models.Conflict: true, models.NoFace: true, models.Forbidden: true, models.Internal: true,
	} {
		for _, old := range []bool{false, true} {
			w, r, p := newWorld(t), &runner{}, quick
			if old {
				p.Retention = time.Nanosecond
			}
			failures := 3
			r.work = func(context.Context, models.Task) error {
				if failures--; failures < 0 {
					return nil
				}
				return models.Errorf("test", kind, "as asked")
			}
			task := w.submit(t, "a")
			stop := w.running(t, r, p)
			w.eventually(t, func() bool { return len(r.got()) == 1 })
			stop()
			want := delivery{task.ID, "text/plain", "did a"}
			if final || old {
				want = delivery{task.ID, "error", kind.String()}
			}
			if got := r.got(); got[0] != want {
				t.Errorf("%v, old: %v: %+v", kind, old, got)
			}
		}
	}
}

// Work that takes longer than it may is not begun again all day: the client is told.
func TestTaskHopeless(t *testing.T) {
	w, p, r := newWorld(t), quick, &runner{work: held}
	p.WorkTime = time.Millisecond
	stop := w.running(t, r, p)
	task := w.submit(t, "a")
	w.wantState(t, task.ID, models.TaskCompleted)
	stop()
	if got := r.got(); len(got) != 1 || got[0].mime != "error" || len(r.worked) != p.Attempts {
		t.Errorf("%+v after %d attempts", got, len(r.worked))
	}
}

func (w world) eventually(t testing.TB, f func() bool) {
	t.Helper()
	for range 2000 {
		if f() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("not in time")
}

// What a task holds of a person is gone with the person; its client hears of it.
func TestTaskOfAnErasedPerson(t *testing.T) {
	ctx := context.Background()
	w, r := newWorld(t), &runner{}
	w.enroll(t, visit("p", "e", face("ann")))
	of := func(t *models.Task) { t.Person = "p" }
	waiting := w.submit(t, "waiting", of)
	stop := w.running(t, &runner{deliver: dead}, quick)
	done := w.submit(t, "done", of)
	w.wantState(t, done.ID, models.TaskFailed)
	w.wantState(t, waiting.ID, models.TaskFailed)
	stop()
	later := w.submit(t, "later", of)
	if err := w.ErasePerson(ctx, by, "p"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{waiting.ID, done.ID, later.ID} {
		if task, err := w.store.Tasks().Read(ctx, id); err != nil || task.Request != nil || task.Result != nil {
			t.Errorf("%+v, %v", task, err)
		}
		if err := w.Redeliver(ctx, by, id); err != nil {
			t.Error(err)
		}
	}
	w.running(t, r, quick)
	for _, id := range []string{waiting.ID, done.ID, later.ID} {
		w.wantState(t, id, models.TaskCompleted)
	}
	for _, d := range r.got() {
		if d.mime != "error" || d.result != models.Cancelled.String() {
			t.Errorf("delivered: %+v", d)
		}
	}
	if len(r.worked) != 0 {
		t.Errorf("worked on %v", r.worked)
	}
}

func TestTaskOrder(t *testing.T) {
	w, r, p := newWorld(t), &runner{}, quick
	p.Workers = 1
	priorities := []int{0, 29, 10, 20, 9, 19, 10}
	for i, priority := range priorities {
		w.submit(t, fmt.Sprint(i), func(t *models.Task) { t.Priority = priority })
	}
	w.running(t, r, p)
	w.eventually(t, func() bool { return len(r.got()) == len(priorities) })
	if want := []string{"1", "3", "5", "2", "6", "4", "0"}; !reflect.DeepEqual(r.worked, want) {
		t.Errorf("worked on %v, want %v", r.worked, want)
	}
}

// Of two processes on one store, one works on a task and delivers it.
func TestTaskOnce(t *testing.T) {
	w, r := newWorld(t), &runner{}
	other, err := api.New(w.parts)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.running(t, r, quick)
	world{Service: other, store: w.store}.running(t, r, quick)
	const n = 100
	ids := map[string]bool{}
	for i := range n {
		ids[w.submit(t, fmt.Sprint(i)).ID] = true
	}
	for id := range ids {
		w.wantState(t, id, models.TaskCompleted)
	}
	got := r.got()
	for _, d := range got {
		delete(ids, d.task)
	}
	if len(got) != n || len(ids) != 0 || len(r.worked) != n {
		t.Errorf("%d tasks worked on, %d answers delivered, %d of none", len(r.worked), len(got), len(ids))
	}
}

func TestTaskResultIsBounded(t *testing.T) {
	w, r, p := newWorld(t), &runner{}, quick
	p.MaxResult = len("did four")
	w.running(t, r, p)
	fits, long := w.submit(t, "four"), w.submit(t, "fives")
	w.wantState(t, fits.ID, models.TaskCompleted)
	w.wantState(t, long.ID, models.TaskCompleted)
	for _, d := range r.got() {
		if want := map[string]string{fits.ID: "did four", long.ID: models.Invalid.String()}[d.task]; d.result != want {
			t.Errorf("delivered %q, want %q", d.result, want)
		}
	}
}

func TestTaskExpires(t *testing.T) {
	w, r := newWorld(t), &runner{}
	stop := w.running(t, r, quick)
	done := w.submit(t, "done")
	w.wantState(t, done.ID, models.TaskCompleted)
	stop()
	waiting := w.submit(t, "waiting")
	p := quick
	p.Retention = time.Nanosecond
	w.running(t, &runner{work: held}, p)
	w.eventually(t, func() bool {
		_, err := w.TaskStatus(context.Background(), by, done.ID)
		return models.KindOf(err) == models.NotFound
	})
	if _, err := w.TaskStatus(context.Background(), by, waiting.ID); err != nil {
		t.Error(err)
	}
}

// BenchmarkTasks is the way of a task through the local store, from Submit to
// COMPLETED, with a network and work that take no time.
func BenchmarkTasks(b *testing.B) {
	w, r := newWorld(b), &runner{}
	w.running(b, r, quick)
	for i := 0; b.Loop(); i++ {
		w.submit(b, fmt.Sprint(i))
	}
	w.eventually(b, func() bool {
		all, err := w.store.Tasks().Count(context.Background())
		return err == nil && all[models.TaskPending]+all[models.TaskScheduled] == 0
	})
}

package api_test

import (
	"context"
	"testing"

	"oblik/models"
)

// Work that was under way when its person was erased changes nothing: its client
// is told that the person was erased, so nobody may be on record.
func TestTaskUnderWayWhenItsPersonIsErased(t *testing.T) {
	ctx := context.Background()
	w, r := newWorld(t), &runner{}
	w.enroll(t, visit("p", "first", face("ann")))
	begun, erased, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	r.work = func(ctx context.Context, task models.Task) error {
		close(begun)
		<-erased // the extraction takes its time
		caller := by
		caller.Task = task.ID
		_, err := w.Enroll(ctx, caller, visit("p", "second", face("ann~0.1")))
		done <- err
		return err
	}
	w.submit(t, "enrol", func(t *models.Task) { t.Person, t.Encounter = "p", "second" })
	w.running(t, r, quick)
	<-begun
	if err := w.ErasePerson(ctx, by, "p"); err != nil {
		t.Fatal(err)
	}
	close(erased)
	wantKind(t, <-done, models.Cancelled)
	_, err := w.ReadAll(ctx, by, "p")
	wantKind(t, err, models.NotFound)
	if got := w.swept(t); got != kept(0) {
		t.Errorf("left over: %+v", got)
	}
}

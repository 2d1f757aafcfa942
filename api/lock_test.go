package api_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

// aged are real attempts, of which the last was as long ago as the test says.
type aged struct {
	storage.Attempts
	ago time.Duration
}

func (a *aged) Failed(ctx context.Context, person models.PersonID) (int, time.Duration, error) {
	count, _, err := a.Attempts.Failed(ctx, person)
	return count, a.ago, err
}

// guess makes one failing attempt on p.
func (w world) guess(t testing.TB) error {
	t.Helper()
	d, err := w.Verify(context.Background(), by, "p", "main", faces("bob"), nil)
	if err == nil && (d.Match || d.Compared == 0) {
		t.Fatalf("%+v", d)
	}
	return err
}

func (w world) failures(t testing.TB) int {
	t.Helper()
	count, _, err := w.parts.Attempts.Failed(context.Background(), "p")
	if err != nil {
		t.Fatal(err)
	}
	return count
}

func TestLockDelaysGrow(t *testing.T) {
	ctx := context.Background()
	clock := new(aged)
	w := newWorld(t, func(p *api.Parts) { clock.Attempts, p.Attempts = p.Attempts, clock })
	w.enroll(t, visit("p", "e", face("ann")))
	for failures := range 50 {
		var wait time.Duration
		if failures >= 5 {
			wait = min(30*time.Second<<(failures-5), time.Hour)
			if failures > 12 {
				wait = time.Hour
			}
			clock.ago = wait - 1500*time.Millisecond
			before := w.calls.Load()
			err := w.guess(t)
			wantKind(t, err, models.Delayed)
			if after, ok := api.RetryAfter(err); !ok || after != 1500*time.Millisecond || w.calls.Load() != before || !strings.Contains(err.Error(), "2 s") {
				t.Fatalf("after %d failures: wait %v, %d extractions, %v", failures, after, w.calls.Load()-before, err)
			}
		}
		clock.ago = wait
		if err := w.guess(t); err != nil {
			t.Fatalf("after %d failures and %v: %v", failures, wait, err)
		}
	}
	clock.ago = 1000 * time.Hour
	before := w.calls.Load()
	_, err := w.Verify(ctx, by, "p", "main", faces("ann"), nil)
	wantKind(t, err, models.Locked)
	if _, ok := api.RetryAfter(err); ok || w.calls.Load() != before {
		t.Errorf("a locked person: %v, %d extractions", err, w.calls.Load()-before)
	}
	if err := w.parts.Attempts.Clear(ctx, "p"); err != nil { // the operator
		t.Fatal(err)
	}
	if d, err := w.Verify(ctx, by, "p", "main", faces("ann"), nil); err != nil || !d.Match {
		t.Errorf("an unlocked person: %+v, %v", d, err)
	}
}

func TestMatchForgetsFailures(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	for range 3 {
		for range 4 {
			if err := w.guess(t); err != nil {
				t.Fatal(err)
			}
		}
		if d, err := w.Verify(ctx, by, "p", "main", faces("ann"), nil); err != nil || !d.Match {
			t.Fatalf("%+v, %v", d, err)
		}
		if n := w.failures(t); n != 0 {
			t.Fatalf("%d failures after a match", n)
		}
	}
}

func TestLockOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	w := worldIn(t, dir)
	w.enroll(t, visit("p", "e", face("ann")))
	for range 5 {
		if err := w.guess(t); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w = worldIn(t, dir)
	err := w.guess(t)
	wantKind(t, err, models.Delayed)
	if wait, ok := api.RetryAfter(err); !ok || wait <= 0 || wait > 30*time.Second {
		t.Errorf("wait %v, %t", wait, ok)
	}
}

func TestParallelGuesses(t *testing.T) {
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	var wait sync.WaitGroup
	answers := make([]error, 64)
	for i := range answers {
		wait.Go(func() {
			_, answers[i] = w.Verify(context.Background(), by, "p", "main", faces("bob"), nil)
		})
	}
	wait.Wait()
	decided := 0
	for _, err := range answers {
		switch {
		case err == nil:
			decided++
		case models.KindOf(err) != models.Delayed && models.KindOf(err) != models.Unavailable:
			t.Error(err)
		}
	}
	if decided != 5 || w.calls.Load() != 6 || w.failures(t) != 5 {
		t.Errorf("%d of 64 guesses were decided, %d counted, %d extractions with the enrolment", decided, w.failures(t), w.calls.Load())
	}
}

// What is no failure of this person is not counted.
func TestLockCountsOnlyFailures(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	inactive := visit("inactive", "e", face("ann"))
	inactive.Status = models.Inactive
	w.enroll(t, inactive)
	for range 6 {
		for _, c := range []struct {
			person models.PersonID
			probe  string
			kind   models.Kind
		}{{"p", "error 11", models.NoFace}, {"p", "panic", models.Internal}, {"p", "", models.EmptyImage}, {"nobody", "bob", models.NotFound}} {
			_, err := w.Verify(ctx, by, c.person, "main", faces(c.probe), nil)
			wantKind(t, err, c.kind)
		}
		if d, err := w.Verify(ctx, by, "inactive", "main", faces("bob"), nil); err != nil || d.Compared != 0 {
			t.Fatalf("%+v, %v", d, err)
		}
		if _, err := w.VerifyImages(ctx, by, faces("ann"), faces("bob"), nil); err != nil {
			t.Fatal(err)
		}
	}
	err := w.parts.Attempts.Locked(ctx, 1, func(person models.PersonID, failures int) error {
		return fmt.Errorf("%s has %d failures", person, failures)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestLockSwitchedOff(t *testing.T) {
	w := newWorld(t, func(p *api.Parts) { p.Policy.LockAfter = 0 })
	w.enroll(t, visit("p", "e", face("ann")))
	for range 60 {
		if err := w.guess(t); err != nil {
			t.Fatal(err)
		}
	}
	if w.failures(t) != 0 {
		t.Error("failures are counted that nobody asks for")
	}
}

// A locked person who is not in the gallery asked about, or not in the
// client's, is as unknown as anybody; and every answer is in the trail.
func TestLockTellsNobodyElse(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	for range 5 {
		if err := w.guess(t); err != nil {
			t.Fatal(err)
		}
	}
	wantKind(t, w.guess(t), models.Delayed)
	_, err := w.Verify(ctx, by, "p", "other", faces("bob"), nil)
	wantKind(t, err, models.NotFound)
	var details []string
	err = w.store.Events(ctx, 0, func(e storage.Event) error {
		details = append(details, string(e.Details))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(details) != 8 || !strings.Contains(details[6], "too many failures") || !strings.Contains(details[7], `"found":false`) {
		t.Errorf("trail: %v", slices.Concat(details))
	}
}

// An attempt that can't be counted is not answered.
type uncounted struct{ storage.Attempts }

func (uncounted) Fail(context.Context, models.PersonID) error {
	return models.Errorf("test", models.Unavailable, "as asked")
}

func TestLockBeforeTheAnswer(t *testing.T) {
	w := newWorld(t, func(p *api.Parts) { p.Attempts = uncounted{p.Attempts} })
	w.enroll(t, visit("p", "e", face("ann")))
	d, err := w.Verify(context.Background(), by, "p", "main", faces("bob"), nil)
	wantKind(t, err, models.Unavailable)
	if d.Compared != 0 || d.Score.Value != 0 {
		t.Errorf("an answer beside the error: %+v", d)
	}
}

// A photograph that a stranger's host is slow to give keeps nobody else from
// being verified as this person.
func TestVerifyWhileAnotherFetches(t *testing.T) {
	fetching, slow := make(chan struct{}), make(chan struct{})
	w := newWorld(t, func(p *api.Parts) {
		p.Fetch = func(context.Context, string) ([]byte, error) { close(fetching); <-slow; return []byte("ann"), nil }
	})
	w.enroll(t, visit("ann", "1", face("ann")))
	var first sync.WaitGroup
	first.Go(func() {
		ref := []models.Sample{{Modality: models.Face, Ref: "https://slow.example/1.jpg"}}
		if _, err := w.Verify(context.Background(), by, "ann", models.AllGalleries, ref, nil); err != nil {
			t.Error(err)
		}
	})
	<-fetching
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := w.Verify(ctx, by, "ann", models.AllGalleries, []models.Sample{face("ann")}, nil); err != nil {
		t.Error(err)
	}
	close(slow)
	first.Wait()
}

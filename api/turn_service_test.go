package api_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
)

// gated extracts one image for each thing that open holds, and tells which.
type gated struct {
	matcher.Extractor
	began chan string
	open  chan struct{}
}

func (g gated) Extract(ctx context.Context, s models.Sample) (models.Extraction, error) {
	g.began <- string(s.Image)
	<-g.open
	return g.Extractor.Extract(ctx, s)
}

func TestVerifyGoesBeforeIdentifyBeforeEnrolment(t *testing.T) {
	ctx := context.Background()
	began, open := make(chan string, 100), make(chan struct{}, 100)
	w := newWorld(t, func(p *api.Parts) {
		p.Workers, p.Extractor = 1, gated{p.Extractor, began, open}
	})
	for _, person := range []string{"p", "r"} { // attempts on one person would wait for each other
		open <- struct{}{}
		w.enroll(t, visit(person, "e", face("ann")))
		<-began
	}
	urgent := by
	urgent.Priority = 9
	var order []string
	var wait sync.WaitGroup
	for i, f := range []func() error{
		func() error { _, err := w.Verify(ctx, by, "p", "main", faces("ann~0.1"), nil); return err },
		func() error { _, err := w.Enroll(ctx, by, visit("q", "e", face("ann~0.2"))); return err },
		func() error {
			_, err := w.Identify(ctx, by, "main", faces("ann~0.3"), api.IdentifyOptions{})
			return err
		},
		func() error { _, err := w.Verify(ctx, by, "r", "main", faces("ann~0.4"), nil); return err },
		func() error {
			_, err := w.Identify(ctx, urgent, "main", faces("ann~0.5"), api.IdentifyOptions{})
			return err
		},
	} {
		wait.Go(func() {
			if err := f(); err != nil {
				t.Error(err)
			}
		})
		if i == 0 {
			order = append(order, <-began)
		}
		w.Queued(i)
	}
	for range 5 {
		open <- struct{}{}
	}
	wait.Wait()
	for len(began) > 0 {
		order = append(order, <-began)
	}
	want := []string{"ann~0.1", "ann~0.4", "ann~0.5", "ann~0.3", "ann~0.2"}
	if !slices.Equal(order, want) {
		t.Errorf("%q, want %q", order, want)
	}
}

// listener notes what an observer is told.
type listener struct {
	mu   sync.Mutex
	told []string
}

func (w *listener) tell(text string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, fmt.Sprintf(text, args...))
}

func (w *listener) Request(ctx context.Context, _, _ string) (context.Context, func(int, int32)) {
	return ctx, func(int, int32) {}
}

func (w *listener) Stage(ctx context.Context, name string) (context.Context, func(error)) {
	return ctx, func(err error) { w.tell("%s %t", name, err == nil) }
}

func (w *listener) Score(use, weights string, score float64) {
	w.tell("%s %s %.0f", use, weights, score)
}

func TestObserverIsTold(t *testing.T) {
	ctx := context.Background()
	seen := new(listener)
	w := newWorld(t, func(p *api.Parts) { p.Observer = seen })
	w.enroll(t, visit("p", "e", face("ann")))
	seen.told = nil
	_, verified := w.Verify(ctx, by, "p", "main", faces("ann"), nil)
	_, identified := w.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{})
	_, nobody := w.Identify(ctx, by, "main", faces("bob"), api.IdentifyOptions{Threshold: ptr(90)})
	if err := errors.Join(verified, identified, nobody); err != nil {
		t.Fatal(err)
	}
	_, err := w.Verify(ctx, by, "p", "main", faces("error 11"), nil)
	wantKind(t, err, models.NoFace)
	want := []string{
		"wait true", "extract true", "verify test 100", "compare true",
		"wait true", "extract true", "search true", "identify test 100",
		"wait true", "extract true", "search true",
		"wait true", "extract false",
	}
	told := slices.DeleteFunc(seen.told, func(s string) bool { return strings.HasPrefix(s, "records ") || strings.HasPrefix(s, "images ") })
	if !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
}

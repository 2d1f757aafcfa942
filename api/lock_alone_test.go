package api

import (
	"context"
	"sync"
	"testing"
	"time"

	"oblik/models"
)

// there waits until so many attempts on a person are made or waiting.
func (g *guesses) there(person models.PersonID, n int) {
	for {
		g.mu.Lock()
		one := g.of[person]
		enough := one != nil && one.here == n
		g.mu.Unlock()
		if enough {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestGuessesOneAfterAnother(t *testing.T) {
	var all guesses
	ctx, cancel := context.WithCancel(context.Background())
	release := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		_ = all.alone(ctx, "p", func() error { <-release; return nil })
	})
	all.there("p", 1)
	late := make(chan error, maxGuesses)
	for range maxGuesses - 1 {
		go func() { late <- all.alone(ctx, "p", func() error { t.Error("two at once"); return nil }) }()
	}
	all.there("p", maxGuesses)
	if err := all.alone(ctx, "p", func() error { return nil }); models.KindOf(err) != models.Unavailable {
		t.Errorf("one more than wait: %v", err)
	}
	if err := all.alone(ctx, "q", func() error { return nil }); err != nil {
		t.Errorf("another person: %v", err)
	}
	cancel()
	for range maxGuesses - 1 {
		if err := <-late; models.KindOf(err) != models.Deadline {
			t.Errorf("an ended wait: %v", err)
		}
	}
	close(release)
	wait.Wait()
	if len(all.of) != 0 {
		t.Errorf("%d people are still there", len(all.of))
	}
	if err := all.alone(context.Background(), "p", func() error { return nil }); err != nil {
		t.Errorf("after all: %v", err)
	}
}

// A panic frees the person.
func TestGuessesPanic(t *testing.T) {
	var all guesses
	func() {
		defer func() { _ = recover() }()
		_ = all.alone(context.Background(), "p", func() error { panic("as asked") })
	}()
	if len(all.of) != 0 {
		t.Error("the person is held")
	}
}

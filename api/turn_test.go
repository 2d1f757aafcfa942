package api

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"oblik/models"
)

func at(r rank, priority int) context.Context {
	return withPlace(context.Background(), r, Caller{Priority: priority})
}

// queued waits until n are in the queue.
func (t *turns) queued(n int) {
	for {
		t.mu.Lock()
		there := len(t.queue)
		t.mu.Unlock()
		if there == n {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestTurnsInOrder(t *testing.T) {
	var all turns
	give, err := all.take(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var order []string // written by whoever has the one turn
	var wait sync.WaitGroup
	for i, c := range []struct {
		name string
		ctx  context.Context
	}{
		{"unranked", context.Background()},
		{"enrol", at(rankEnroll, 0)},
		{"identify", at(rankIdentify, 0)},
		{"identify 9", at(rankIdentify, 9)},
		{"enrol 9", at(rankEnroll, 9)},
		{"verify", at(rankVerify, 0)},
		{"verify 2", at(rankVerify, 2)},
		{"verify again", at(rankVerify, 0)},
	} {
		wait.Go(func() {
			give, err := all.take(c.ctx, 1)
			if err != nil {
				t.Error(err)
				return
			}
			order = append(order, c.name)
			give()
		})
		all.queued(i + 1)
	}
	give()
	wait.Wait()
	want := []string{"verify 2", "verify", "verify again", "identify 9", "identify", "enrol 9", "unranked", "enrol"}
	if !slices.Equal(order, want) || all.running != 0 {
		t.Errorf("%q, %d running; want %q", order, all.running, want)
	}
}

func TestTurnsEndWithTheContext(t *testing.T) {
	var all turns
	give, err := all.take(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(at(rankVerify, 0))
	ended := make(chan error)
	go func() { _, err := all.take(ctx, 1); ended <- err }()
	all.queued(1)
	cancel()
	if err := <-ended; models.KindOf(err) != models.Deadline || err == nil {
		t.Errorf("a wait that ended: %v", err)
	}
	if _, err := all.take(ctx, 0); models.KindOf(err) != models.Deadline || err == nil {
		t.Errorf("a context that has ended: %v", err)
	}
	give()
	if all.running != 0 || len(all.queue) != 0 {
		t.Errorf("%d running, %d waiting", all.running, len(all.queue))
	}
}

// However contexts end and turns are given at the same moment, no more than
// the bound run at once and no turn is lost.
func TestTurnsAreNeverLost(t *testing.T) {
	const most = 3
	var all turns
	var wait sync.WaitGroup
	var mu sync.Mutex
	running := 0
	count := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		if running += by; running > most {
			t.Errorf("%d run at once", running)
		}
	}
	for i := range 64 {
		wait.Go(func() {
			for j := range 50 {
				ctx, cancel := context.WithCancel(at(rank(i%3), j%10))
				if (i+j)%2 == 0 {
					go cancel()
				}
				if give, err := all.take(ctx, most); err == nil {
					count(1)
					count(-1)
					give()
				}
				cancel()
			}
		})
	}
	wait.Wait()
	if all.running != 0 || len(all.queue) != 0 {
		t.Errorf("%d running, %d waiting", all.running, len(all.queue))
	}
}

// The queue's own cost of an extraction, which takes tens of milliseconds.
func BenchmarkTurn(b *testing.B) {
	for _, waiting := range []int{0, 100, 10_000} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			var all turns
			for range waiting {
				all.join(place{rank: rankEnroll}, 0)
			}
			ctx := at(rankVerify, 0)
			for b.Loop() {
				all.join(placeOf(ctx), 0)
				all.give()
			}
		})
	}
}

// Queued waits until n extractions wait for their turn.
func (s *Service) Queued(n int) { s.turns.queued(n) }

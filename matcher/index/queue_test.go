package index

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"oblik/matcher/scan"
	"oblik/models"
)

// Searches that wait together are all answered, whatever they look for, and one
// whose caller goes away returns at once though its pass stands still.
func TestQueue(t *testing.T) {
	const people = alone + 1000
	x := register(t, people)
	defer x.Reset()
	gate := make(chan struct{})
	x.reading = disturbed{x.reading, func() { <-gate }}
	r := rand.New(rand.NewPCG(9, people))
	o := models.SearchOptions{Gallery: models.AllGalleries, Max: 1, Threshold: 20}
	given, cancel := context.WithCancel(context.Background())
	var gone, others sync.WaitGroup
	for i := range 3 * scan.MaxQueries {
		e := someone(t, r, i)
		others.Go(func() {
			list, err := x.Search(context.Background(), e.Templates[0], o)
			if err != nil || len(list) != 1 || list[0].Person != e.Key.Person {
				t.Errorf("person %d: %v, %v", i, list, err)
			}
		})
		if i%2 == 0 {
			gone.Go(func() {
				if _, err := x.Search(given, e.Templates[0], o); models.KindOf(err) != models.Deadline {
					t.Errorf("given up: %v", err)
				}
			})
		}
	}
	for waiting := 0; waiting < 3*scan.MaxQueries; runtime.Gosched() { // of 36 at least so many are behind the first
		x.queue.mu.Lock()
		waiting = len(x.queue.waiting)
		x.queue.mu.Unlock()
	}
	cancel()
	gone.Wait()
	close(gate)
	others.Wait()
	x.queue.mu.Lock()
	defer x.queue.mu.Unlock()
	if len(x.queue.waiting) != 0 {
		t.Errorf("%d are forgotten", len(x.queue.waiting))
	}
}

// Searches that come at once share a pass on one processor too, where the one
// that makes it could keep the others from queuing.
func TestQueueOnOneProcessor(t *testing.T) {
	const people = alone + 1000
	x := register(t, people)
	defer x.Reset()
	var locks atomic.Int64
	x.reading = disturbed{x.reading, func() { locks.Add(1) }}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	list := probes(t, scan.MaxQueries)
	search := func(i int) {
		if _, err := x.Search(context.Background(), list[i], models.SearchOptions{Gallery: models.AllGalleries, Max: 1, Threshold: 20}); err != nil {
			t.Error(err)
		}
	}
	for i := range list {
		search(i)
	}
	apart := locks.Swap(0)
	var group sync.WaitGroup
	for i := range list {
		group.Go(func() { search(i) })
	}
	group.Wait()
	if n := locks.Load(); n > apart/2 {
		t.Errorf("%d searches took the lock %d times together and %d one after the other", len(list), n, apart)
	}
}

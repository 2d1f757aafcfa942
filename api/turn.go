package api

import (
	"container/heap"
	"context"
	"sync"

	"oblik/models"
)

// rank is the kind of request an extraction is for. Who stands at a gate waits
// least, an enrolment desk longest.
type rank int

const (
	rankVerify rank = iota
	rankIdentify
	rankEnroll
)

// place is where in the queue for extraction a request stands.
type place struct {
	rank     rank
	priority int // the client's, the highest first
}

type placeKey struct{}

// withPlace gives a request its place; one without it stands with the
// enrolments of priority 0.
func withPlace(ctx context.Context, r rank, by Caller) context.Context {
	return context.WithValue(ctx, placeKey{}, place{r, by.Priority})
}

func placeOf(ctx context.Context) place {
	if p, ok := ctx.Value(placeKey{}).(place); ok {
		return p
	}
	return place{rank: rankEnroll}
}

// turns lets a bounded number of extractions run at once, and the others wait
// by rank, then priority, then who came first. The zero value has nobody in it.
// A lower rank can wait for as long as higher ones keep coming: it ends with
// its context. How many can wait is for whoever admits requests to bound.
type turns struct {
	mu      sync.Mutex
	running int
	came    uint64 // how many have waited so far
	queue   turnQueue
}

// take waits for one of most turns, or not at all if most is 0. The function it
// returns ends the turn and must be called once. [models.Deadline] if the
// context ends first.
func (t *turns) take(ctx context.Context, most int) (give func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, tooLate(err)
	}
	if most == 0 {
		return func() {}, nil
	}
	w := t.join(placeOf(ctx), most)
	if w == nil {
		return t.give, nil
	}
	select {
	case <-w.ready:
		return t.give, nil
	case <-ctx.Done():
		t.leave(w)
		return nil, tooLate(ctx.Err())
	}
}

func tooLate(cause error) error {
	return models.Errorf("extract", models.Deadline, "while waiting for a turn: %w", cause)
}

// join takes a free turn and returns nil, or queues.
func (t *turns) join(p place, most int) *turnWaiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running < most {
		t.running++
		return nil
	}
	t.came++
	w := &turnWaiter{place: p, came: t.came, ready: make(chan struct{})}
	heap.Push(&t.queue, w)
	return w
}

// give hands the turn to the first in the queue.
func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.running--
		return
	}
	close(heap.Pop(&t.queue).(*turnWaiter).ready) //nolint:errcheck // the queue holds nothing else
}

// leave gives up waiting, or the turn that came at the same moment.
func (t *turns) leave(w *turnWaiter) {
	t.mu.Lock()
	waits := w.at >= 0
	if waits {
		heap.Remove(&t.queue, w.at)
	}
	t.mu.Unlock()
	if !waits {
		t.give()
	}
}

type turnWaiter struct {
	place
	came  uint64
	at    int           // in the queue; -1 after it
	ready chan struct{} // closed when its turn has come
}

// turnQueue is a [heap.Interface].
type turnQueue []*turnWaiter

func (q turnQueue) Len() int { return len(q) }

func (q turnQueue) Less(i, j int) bool {
	a, b := q[i], q[j]
	switch {
	case a.rank != b.rank:
		return a.rank < b.rank
	case a.priority != b.priority:
		return a.priority > b.priority
	}
	return a.came < b.came
}

func (q turnQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].at, q[j].at = i, j
}

// Push is for [heap.Push].
func (q *turnQueue) Push(x any) {
	w := x.(*turnWaiter) //nolint:errcheck // the queue holds nothing else
	w.at = len(*q)
	*q = append(*q, w)
}

// Pop is for [heap.Pop].
func (q *turnQueue) Pop() any {
	last := len(*q) - 1
	w := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	w.at = -1
	return w
}

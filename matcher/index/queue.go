package index

import (
	"runtime"
	"sync"

	"oblik/matcher/scan"
)

// queue is where large searches wait for a pass: those that come while one is
// under way go together in the next.
type queue struct {
	mu      sync.Mutex
	waiting []*query
	running bool
}

// share makes q's pass together with others' and returns when it is over, or
// when q's context ends.
func (x *Index) share(q *query) {
	x.queue.mu.Lock()
	x.queue.waiting = append(x.queue.waiting, q)
	start := !x.queue.running
	x.queue.running = true
	x.queue.mu.Unlock()
	if start {
		go x.serve()
	}
	select {
	case <-q.done:
	case <-q.ctx.Done():
	}
}

// serve makes passes until nobody waits. Before each it lets those run who are
// about to queue: a pass keeps all processors busy, and they would each find it
// over, and begin one of their own.
func (x *Index) serve() {
	for {
		runtime.Gosched()
		group := x.take()
		if len(group) == 0 {
			return
		}
		x.begin(x.reading, group).run(x.threads())
		for _, q := range group {
			close(q.done)
		}
	}
}

// take is the queries of the next pass; without any, serve ends.
func (x *Index) take() (group []*query) {
	x.queue.mu.Lock()
	defer x.queue.mu.Unlock()
	rest := x.queue.waiting[:0]
	for _, q := range x.queue.waiting {
		switch {
		case q.ended():
		case len(group) < scan.MaxQueries:
			group = append(group, q)
		default:
			rest = append(rest, q)
		}
	}
	clear(x.queue.waiting[len(rest):])
	x.queue.waiting = rest
	x.queue.running = len(group) > 0
	return group
}

func (x *Index) threads() int {
	if x.Threads > 0 {
		return x.Threads
	}
	return runtime.GOMAXPROCS(0)
}

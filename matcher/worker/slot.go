package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"oblik/models"
)

// slot is the place of one child. Its keeper (keep) starts a new one whenever
// the child has ended, whether a request was in it or not.
type slot struct {
	cfg   Config
	ready *atomic.Int32 // of the pool: children that have greeted and not ended

	mu    sync.Mutex
	child *child        // nil while there is none
	alive chan struct{} // closed when there is a child
}

var errOtherFormat = errors.New("its weights are not those the service started with")

// take waits for the slot's child.
func (s *slot) take(ctx context.Context) (*child, error) {
	for {
		s.mu.Lock()
		c, alive := s.child, s.alive
		s.mu.Unlock()
		if c != nil && !c.ended() {
			return c, nil
		}
		if c != nil {
			s.lose(c)
			continue
		}
		select {
		case <-alive:
		case <-ctx.Done():
			return nil, models.Errorf("worker", models.Unavailable, "no worker was back in time: %w", ctx.Err())
		}
	}
}

// put gives the slot a child.
func (s *slot) put(c *child) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.child = c
	close(s.alive)
	s.ready.Add(1)
}

// lose takes a child that has ended, or is about to, out of the slot; whoever
// sees it first.
func (s *slot) lose(c *child) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == c {
		s.child, s.alive = nil, make(chan struct{})
		s.ready.Add(-1)
	}
}

// keep runs children one after another until closing is closed. The first
// start's outcome goes to first, and keep ends if it was a failure; later ones
// are tried again with growing pauses.
func (s *slot) keep(closing <-chan struct{}, first chan<- firstStart) {
	c, err := s.start(closing)
	if err != nil {
		first <- firstStart{nil, err}
		return
	}
	s.put(c)
	first <- firstStart{c, nil}
	oldest, idle := c, 0 // children in a row that ended unasked
	for ; c != nil; c = s.restart(closing, oldest, idle) {
		go c.watch(s.cfg.Log)
		ended := make(chan string, 1)
		go func() { ended <- c.wait() }()
		select {
		case state := <-ended:
			s.lose(c)
			asks := c.asks.Load()
			if idle++; asks > 0 {
				idle = 0
			}
			if c.retired.Load() {
				s.cfg.Log.Info("worker retired", "photographs", asks)
			} else {
				s.cfg.Log.Warn("worker ended", "state", state, "stderr", c.stderr.told(asks > 0))
			}
		case <-closing:
			s.lose(c)
			_ = c.in.Close() // ends it, unless it hangs
			timer := time.AfterFunc(time.Second, c.kill)
			<-ended
			timer.Stop()
			return
		}
	}
}

// start starts a child and says when it is to retire: not all at the same time.
func (s *slot) start(closing <-chan struct{}) (*child, error) {
	c, err := start(s.cfg.Command(), s.cfg.Sandbox, closing)
	if err == nil {
		half := (s.cfg.Images + 1) / 2
		c.most = int64(half + rand.IntN(half+1)) //nolint:gosec // nobody gains by guessing it
	}
	return c, err
}

// firstStart is how a slot's first child came to be, or not.
type firstStart struct {
	child *child
	err   error
}

// restart gives the slot the next child, nil when closing. It starts at once after one
// that a request ended, and with growing pauses after some in a row that ended
// by themselves, so as not to spin.
func (s *slot) restart(closing <-chan struct{}, first *child, idle int) *child {
	began, pause := time.Now(), time.Duration(0)
	if idle > 0 {
		pause = min(firstDelay<<min(idle-1, 10), longestDelay)
	}
	for ; ; pause = min(max(firstDelay, 2*pause), longestDelay) {
		select {
		case <-closing:
			return nil
		case <-time.After(pause):
		}
		c, err := s.start(closing)
		if err == nil && c.format != first.format {
			c.discard()
			err = unavailable(errOtherFormat)
		}
		if err == nil {
			s.cfg.Log.Info("worker started", "after", time.Since(began).Round(time.Millisecond))
			if now, was := c.state.String(), first.state.String(); now != was {
				s.cfg.Log.Warn("its sandbox is another", "sandbox", now, "before", was)
			}
			if c.engine != first.engine {
				s.cfg.Log.Warn("its engine is another", "engine", c.engine, "before", first.engine)
			}
			s.put(c)
			return c
		}
		s.cfg.Log.Error("worker can't start", "error", err)
	}
}

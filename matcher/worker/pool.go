package worker

import (
	"context"
	"log/slog"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"oblik/matcher/header"
	"oblik/matcher/worker/sandbox"
	"oblik/models"
)

const (
	startTimeout = 20 * time.Second // loading the weights from a cold disk
	endTimeout   = 200 * time.Millisecond
	firstDelay   = 50 * time.Millisecond
	longestDelay = 5 * time.Second
)

// Config says how to run the children.
type Config struct {
	Workers  int              // processes, at least 1; one a core is the most that helps
	Deadline time.Duration    // for one image; default 2 s
	Images   int              // of a child, before it is ended and another one started; default 10,000
	Limits   header.Limits    // what is refused without asking a child
	Sandbox  sandbox.Mode     // Require: children without all of it are not taken
	Command  func() *exec.Cmd // a new `oblik worker`, told the same
	Log      *slog.Logger
}

// Pool is an Extractor over child processes.
type Pool struct {
	cfg    Config
	format models.Format
	engine string
	state  sandbox.State // of the first children
	free   chan *slot    // those no request is in; with or without a child
	ready  atomic.Int32
	banned bans

	mu      sync.Mutex
	closed  bool
	closing chan struct{}
	tasks   sync.WaitGroup // requests under way
	keepers sync.WaitGroup
}

// NewPool starts the children and waits until all have loaded their weights.
func NewPool(cfg Config) (*Pool, error) {
	if cfg.Deadline == 0 {
		cfg.Deadline = 2 * time.Second
	}
	if cfg.Images <= 0 {
		cfg.Images = 10_000
	}
	p := &Pool{cfg: cfg, free: make(chan *slot, cfg.Workers), closing: make(chan struct{})}
	first := make(chan firstStart, cfg.Workers)
	for range cfg.Workers {
		s := &slot{cfg: cfg, ready: &p.ready, alive: make(chan struct{})}
		p.free <- s
		p.keepers.Go(func() { s.keep(p.closing, first) })
	}
	var failed error
	for range cfg.Workers {
		r := <-first
		if r.err != nil {
			failed = r.err
			continue
		}
		if p.format == (models.Format{}) || p.state.Full() { // the weakest of all is told
			p.state = r.child.state
		}
		p.format, p.engine = r.child.format, r.child.engine
	}
	if failed != nil {
		p.Close()
		return nil, failed
	}
	level := slog.LevelInfo
	if !p.state.Full() {
		level = slog.LevelWarn
	}
	cfg.Log.Log(context.Background(), level, "workers started", "engine", p.engine, "sandbox", p.Sandbox())
	return p, nil
}

// Engine says in words what runs the networks of the children.
func (p *Pool) Engine() string { return p.engine }

// Sandbox says in words what the children have given up, and what they could
// not.
func (p *Pool) Sandbox() string { return p.state.String() }

// Format implements the Extractor seam.
func (p *Pool) Format() models.Format { return p.format }

// Ready is the number of children that can take a request, busy ones included.
func (p *Pool) Ready() int { return int(p.ready.Load()) }

// Close refuses new requests, waits for those under way (each has a deadline)
// and ends the children.
func (p *Pool) Close() {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	p.mu.Unlock()
	if !first {
		return
	}
	p.tasks.Wait()
	close(p.closing)
	p.keepers.Wait()
}

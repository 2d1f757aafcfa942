package worker

import (
	"context"
	"errors"
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

// Extract implements the Extractor seam. s.Image must not be changed
// afterwards: a child may still be sent it when ctx ends first.
func (p *Pool) Extract(ctx context.Context, s models.Sample) (models.Extraction, error) {
	if _, err := header.Check(s.Image, p.cfg.Limits); err != nil {
		return models.Extraction{}, err
	}
	if err := p.banned.refuse(s.Image); err != nil {
		return models.Extraction{}, err
	}
	if !p.begin() {
		return models.Extraction{}, models.Errorf("worker", models.Unavailable, "the service is ending")
	}
	var free *slot
	select {
	case free = <-p.free:
	case <-ctx.Done():
		p.tasks.Done()
		return models.Extraction{}, models.Errorf("worker", models.Unavailable, "no worker was free in time: %w", ctx.Err())
	}
	type result struct {
		extraction models.Extraction
		err        error
	}
	done := make(chan result, 1)
	go func() { // a child can't be interrupted but by ending it: this outlives ctx by a deadline at most
		defer p.tasks.Done()
		defer func() { p.free <- free }()
		e, err := p.extract(ctx, free, s.Image)
		done <- result{e, err}
	}()
	select {
	case r := <-done:
		return r.extraction, r.err
	case <-ctx.Done():
		return models.Extraction{}, models.Errorf("worker", models.Deadline, "%w", ctx.Err())
	}
}

// extract asks the slot's child, and the next one if that was gone already.
func (p *Pool) extract(ctx context.Context, s *slot, image []byte) (models.Extraction, error) {
	for range 2 {
		c, err := s.take(ctx)
		if err != nil {
			return models.Extraction{}, err
		}
		if err := p.banned.refuse(image); err != nil { // again: copies of it may have been in front of it
			return models.Extraction{}, err
		}
		data, err := c.ask(image, p.cfg.Deadline)
		var e models.Extraction
		if err == nil {
			if e, err = decodeAnswer(data, p.format); models.KindOf(err) != models.Crashed {
				p.banned.clear(image)
				return e, err
			}
			c.kill() // one that makes no sense has been taken over, or is broken
		}
		s.lose(c)
		if models.KindOf(err) == models.Crashed {
			p.banned.add(image)
		}
		if !errors.Is(err, errUnread) {
			return models.Extraction{}, err
		}
	}
	return models.Extraction{}, models.Errorf("worker", models.Unavailable, "%w", errUnread)
}

// begin counts a request in, unless the pool is closing.
func (p *Pool) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.tasks.Add(1)
	return true
}

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

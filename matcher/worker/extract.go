package worker

import (
	"context"
	"errors"

	"oblik/matcher/header"
	"oblik/models"
)

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

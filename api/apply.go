package api

import (
	"context"
	"errors"
)

// apply makes a change that has no answer but that it was made.
func (s *Service) apply(ctx context.Context, c change) error {
	ctx = s.allot(ctx)
	if err := s.open(); err != nil {
		return err
	}
	certain := func() error {
		if c.other == "" {
			return s.certain(ctx, c.by, c.person)
		}
		return s.certain(ctx, c.by, c.person, c.other)
	}
	if err := certain(); err != nil {
		return err
	}
	if earlier, err := s.earlier(ctx, c.by); err != nil {
		return err
	} else if earlier != nil { // it may be at its index still, or have come into doubt just now
		return errors.Join(s.aloneFor(ctx, c, func() error { return nil }), certain())
	}
	_, err := s.perform(ctx, c)
	return err
}

// perform makes a change, alone among those of its person, or returns the
// outcome an earlier one of the same claim had. Once it has begun the client's
// deadline no longer ends it: a commit cut off half-way has an unknown outcome,
// which costs more than waiting. The error is [models.Uncertain] if that
// happens all the same.
func (s *Service) perform(ctx context.Context, c change) (*outcome, error) {
	return s.act(ctx, c, func(ctx context.Context, f func() error) error { return s.aloneFor(ctx, c, f) })
}

// aloneFor is alone for those whose records a change is about.
func (s *Service) aloneFor(ctx context.Context, c change, f func() error) error {
	if c.other == "" {
		return s.alone(ctx, c.person, f)
	}
	return s.aloneBoth(ctx, c.person, c.other, f)
}

// performAlone is perform for whoever is alone already.
func (s *Service) performAlone(ctx context.Context, c change) (*outcome, error) {
	return s.act(ctx, c, func(_ context.Context, f func() error) error { return f() })
}

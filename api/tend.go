package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"oblik/models"
)

// tidyEvery is how often what was left undone is looked for when nothing asks.
const tidyEvery = 5 * time.Second

// Tend keeps the service in order until ctx ends: it watches the stores, loads
// the index if that has not succeeded yet, keeps it in step with what other
// services change, and tidies up. Everything recovers through it without a human;
// but for the following, nothing in it is tried more than once a second.
func (s *Service) Tend(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { s.records.watch(ctx, s.Log, s.tidyUp) })
	all.Go(func() { s.images.watch(ctx, s.Log, s.tidyUp) })
	all.Go(func() { s.keepTidy(ctx) })
	all.Go(func() { s.keepStep(ctx) })
	all.Wait()
}

func (s *Service) keepTidy(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		case <-s.untidy:
		}
		wait, say := tidyEvery, ""
		if err := s.tend(ctx); err != nil && ctx.Err() == nil {
			wait, say = lookEvery, err.Error()
		}
		if say != said && say != "" { // once, not every second
			s.Log.Warn("something is left to do and is tried again", "error", say)
		}
		said = say
		pause.Reset(wait)
		select { // whatever asks meanwhile is served after a second
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
}

func (s *Service) tend(ctx context.Context) error {
	if s.records.down.Load() { // it has been said, and will be looked at again
		return nil
	}
	if !s.loaded.Load() {
		if err := s.Load(ctx); err != nil {
			return err
		}
		s.Log.Info("the index is loaded", "encounters", s.Index.Len())
	}
	return s.Tidy(ctx)
}

// Tidy finishes what was left undone: changes in doubt are settled, those whose
// time is over given up, and images that nothing names any more deleted. It may
// run beside anything.
func (s *Service) Tidy(ctx context.Context) error {
	err := s.settleDoubts(ctx)
	brief, cancel := s.brief(ctx)
	defer cancel()
	if _, e := s.Acts.Reap(brief); e != nil {
		return errors.Join(err, e)
	}
	if s.Impaired() != nil {
		return err
	}
	e := s.deleteLate(ctx)
	_, drained := s.DrainOutbox(ctx)
	return errors.Join(err, e, drained)
}

// tidyUp asks Tend to tidy soon.
func (s *Service) tidyUp() {
	select {
	case s.untidy <- struct{}{}:
	default:
	}
}

// audit writes the line of an act that changes nothing. Without it there is no
// answer: who was compared with whom must be known.
func (s *Service) audit(ctx context.Context, c change) error {
	a, err := c.act()
	if err != nil {
		return err
	}
	ctx, cancel := s.brief(context.WithoutCancel(ctx))
	defer cancel()
	if err := s.Trail.Append(ctx, a); err != nil {
		return models.Errorf("audit", models.Unavailable, "no line could be written: %w", err)
	}
	return nil
}

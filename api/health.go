package api

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"oblik/models"
)

// health is whether a store was there when it was last looked at. A request
// that needs one that was not is refused at once, not after a time-out.
type health struct {
	name string                      // in plain words, shown to strangers
	ping func(context.Context) error // nil for a store that is always there
	down atomic.Bool
	gone atomic.Int64 // how often it was found away
	why  models.Kind  // of the last cause in the log; look's own
}

const (
	lookEvery = time.Second
	lookTime  = 2 * time.Second // after which a silent store counts as down
)

// err is [models.Unavailable] with the store's name if it is down.
func (h *health) err() error {
	if h.down.Load() {
		return models.Errorf("api", models.Unavailable, "the %s is not available", h.name)
	}
	return nil
}

// look asks the store, says whether it is back, and logs what changed: the
// cause goes to the log alone. A store that is down for another reason than
// before (it is there again, with the wrong schema) has changed too.
func (h *health) look(ctx context.Context, log *slog.Logger) (back bool, err error) {
	if h.ping == nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if err = h.ping(ctx); err != nil {
		h.gone.Add(1)
	}
	was := h.down.Swap(err != nil)
	switch {
	case err != nil && (!was || models.KindOf(err) != h.why):
		h.why = models.KindOf(err)
		log.Error("not available", "part", h.name, "error", err)
	case err == nil && was:
		log.Info("available again", "part", h.name)
	}
	return err == nil && was, err
}

// Look asks both stores now, and says what is wrong with each. What it finds
// holds for the requests that follow.
func (s *Service) Look(ctx context.Context) (records, images error) {
	_, records = s.records.look(ctx, s.Log)
	_, images = s.images.look(ctx, s.Log)
	return records, images
}

// watch looks at a store until ctx ends, and calls back when it is back.
func (h *health) watch(ctx context.Context, log *slog.Logger, back func()) {
	if h.ping == nil {
		return
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if is, _ := h.look(ctx, log); is {
			back()
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// Ready is nil while the database is there and the index, loaded, in step with
// it; else [models.Unavailable], naming what is missing.
func (s *Service) Ready() error {
	if err := s.open(); err != nil {
		return err
	}
	return s.inStep()
}

// open is nil while changes are taken: for them the index need not be in step.
func (s *Service) open() error {
	if err := s.records.err(); err != nil {
		return err
	}
	if !s.loaded.Load() {
		return models.Errorf("api", models.Unavailable, "the index has not been loaded yet")
	}
	return nil
}

// Impaired names what is missing without which the service still verifies and
// identifies: the image store, for enrolments and for reading. nil if all is there.
func (s *Service) Impaired() error { return s.images.err() }

// readyToStore is nil if an enrolment can be stored now.
func (s *Service) readyToStore() error {
	if err := s.open(); err != nil || s.Policy.ForgetImages {
		return err
	}
	return s.Impaired()
}

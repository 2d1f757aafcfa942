package api

import (
	"context"
	"errors"

	"oblik/models"
	"oblik/storage"
)

// commit writes the rows, then the index. After an error it asks what became of
// the act.
func (s *Service) commit(ctx context.Context, a storage.Act, c change) error {
	cause := known(s.observed(ctx, StageRecords, func(ctx context.Context) error { return c.rows(ctx, a) }))
	if cause == nil {
		return s.follow(a, c)
	}
	a.Outcome = refusal(a, cause)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), arbiterTime)
	defer cancel()
	committed, err := s.Acts.Abandon(ctx, a)
	defer s.tidyUp()
	switch {
	case err == nil && committed:
		return s.follow(a, c)
	case err == nil && models.KindOf(cause) == models.Uncertain:
		return unchanged(cause)
	case err == nil, decided(cause):
		return cause
	}
	s.doubts.add(doubt{a, c.keys()})
	return models.Errorf("api", models.Uncertain, "%w", cause)
}

// follow brings the index in step with a change that is on record. One that the
// index does not take is taken back, if it can be: it would be found by some
// questions and not by others. One that was made with a claim can't: the claim
// says that it was made. It is in doubt then, and what is on record is put into
// the index as soon as it can be.
func (s *Service) follow(a storage.Act, c change) error {
	s.step.changed(c.person, c.other)
	cause := c.index()
	if cause == nil {
		return nil
	}
	var undone error
	if c.undo != nil && a.Claim == nil {
		if undone = c.undo(); undone == nil {
			return cause
		}
	}
	s.doubts.add(doubt{a, c.keys()})
	s.tidyUp()
	return models.Errorf("api", models.Uncertain, "on record, and not in the index yet: %w", errors.Join(cause, undone))
}

// unchanged is the error of a change that is known not to have been made.
func unchanged(cause error) error {
	return models.Errorf("api", models.Unavailable, "nothing was changed: %w", cause)
}

// decided is true for an error that says that nothing was changed. Unavailable
// should, but a store that is away is asked once more before it is believed.
func decided(err error) bool {
	switch models.KindOf(err) {
	case models.Uncertain, models.Unavailable, models.Deadline, models.Internal:
		return false
	}
	return true
}

// abandon gives up an act that has not come to its rows. Where the store can't
// be told it runs out by itself.
func (s *Service) abandon(a storage.Act) {
	a.Outcome = nil
	ctx, cancel := context.WithTimeout(context.Background(), arbiterTime)
	defer cancel()
	if _, err := s.Acts.Abandon(ctx, a); err != nil {
		s.Log.Warn("a change that failed is left to run out", "error", err)
	}
	s.tidyUp()
}

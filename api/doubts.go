package api

import (
	"context"
	"errors"
	"slices"
	"sync"

	"oblik/models"
	"oblik/storage"
)

// doubt is a change whose outcome is unknown, and the records it was about.
type doubt struct {
	act  storage.Act
	keys []models.EncounterKey
}

// doubts are those of this process; a restart settles them by loading the
// index anew.
type doubts struct {
	mu  sync.Mutex
	all []doubt
}

// maxDoubts bounds them: more come only from an outage of which the service
// has not heard yet.
const maxDoubts = 1024

// room refuses one more change when there are too many.
func (d *doubts) room() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.all) >= maxDoubts {
		return models.Errorf("api", models.Unavailable, "what became of earlier changes is being found out")
	}
	return nil
}

func (d *doubts) add(more ...doubt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = append(d.all, more...)
}

// waiting are those to settle.
func (d *doubts) waiting() []doubt {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.all)
}

func (d *doubts) settled(act string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = slices.DeleteFunc(d.all, func(x doubt) bool { return x.act.ID == act })
}

// about says if there is one about one of these people or of a claim.
func (d *doubts) about(people []models.PersonID, claim *storage.Claim) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(d.all, func(x doubt) bool {
		return slices.Contains(people, x.act.Person) ||
			slices.ContainsFunc(x.keys, func(k models.EncounterKey) bool { return slices.Contains(people, k.Person) }) ||
			claim != nil && x.act.Claim != nil && x.act.Claim.Key == claim.Key
	})
}

// certain is nil when no earlier change of these people, or of the same claim, is
// in doubt: what is answered from the rows must be so in the index, too.
func (s *Service) certain(ctx context.Context, by Caller, people ...models.PersonID) error {
	if !s.doubts.about(people, by.claim()) {
		return nil
	}
	ctx, cancel := s.brief(ctx)
	defer cancel()
	err := s.settleDoubts(ctx)
	if !s.doubts.about(people, by.claim()) {
		return nil
	}
	return models.Errorf("api", models.Uncertain, "what became of an earlier change is being found out: %w", err)
}

// settleDoubts decides the changes in doubt and brings the index in step with
// what is on record since. It may run beside itself: settling twice is no harm.
func (s *Service) settleDoubts(ctx context.Context) (err error) {
	for _, d := range s.doubts.waiting() {
		if e := s.settle(ctx, d); e != nil {
			err = errors.Join(err, e)
			continue
		}
		s.doubts.settled(d.act.ID)
	}
	return err
}

func (s *Service) settle(ctx context.Context, d doubt) error {
	ctx, cancel := s.brief(ctx)
	defer cancel()
	d.act.Outcome = nil
	if _, err := s.Acts.Abandon(ctx, d.act); err != nil {
		return err
	}
	for _, key := range d.keys {
		if err := s.alone(ctx, key.Person, func() error { return s.reindex(ctx, key) }); err != nil {
			return err
		}
		s.step.changed(key.Person) // another service may have given them more
	}
	return nil
}

// reindex makes the index hold what is on record under key.
func (s *Service) reindex(ctx context.Context, key models.EncounterKey) error {
	r, err := s.Encounters.Read(ctx, key)
	if models.KindOf(err) == models.NotFound {
		return s.Index.Remove(key)
	}
	if err != nil {
		return err
	}
	return s.place(entryOf(r))
}

// place puts an entry into the index; a damaged one is left out, as by Load.
func (s *Service) place(e models.Entry) error {
	err := s.Index.Put(e)
	if err != nil && models.KindOf(err) == models.Integrity {
		return s.Index.Remove(e.Key)
	}
	return err
}

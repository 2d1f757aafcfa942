package api

import (
	"context"
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

func (d *doubts) take() []doubt {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.all
	d.all = nil
	return all
}

// settleDoubts decides the changes in doubt and brings the index in step with
// what is on record since.
func (s *Service) settleDoubts(ctx context.Context) error {
	all := s.doubts.take()
	for i, d := range all {
		if err := s.settle(ctx, d); err != nil {
			s.doubts.add(all[i:]...)
			return err
		}
	}
	return nil
}

func (s *Service) settle(ctx context.Context, d doubt) error {
	ctx, cancel := s.brief(ctx)
	defer cancel()
	d.act.Outcome = nil
	if _, err := s.Acts.Abandon(ctx, d.act); err != nil {
		return err
	}
	for _, key := range d.keys {
		if err := s.alone(key.Person, func() error { return s.reindex(ctx, key) }); err != nil {
			return err
		}
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
	return s.Index.Put(entryOf(r))
}

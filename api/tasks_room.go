package api

import (
	"context"
	"sync"
	"time"

	"oblik/models"
	"oblik/storage"
)

// taskRoom is what the clients' tasks hold, as far as it is known: asking the
// store for each new one would cost more than storing it.
type taskRoom struct {
	mu    sync.Mutex
	asked time.Time
	of    map[string]storage.Held
	all   storage.Held
}

const askEvery = time.Second

// takeRoom takes room for a client's tasks, and for bytes of what they hold, or
// is [models.Unavailable]. What holds no more than before needs none.
func (s *Service) takeRoom(ctx context.Context, p TaskPolicy, client string, tasks, bytes int) error {
	if tasks <= 0 && bytes <= 0 {
		return nil
	}
	r := &s.queue().room
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := s.askRoom(ctx, r); err != nil {
		return err
	}
	add := storage.Held{Tasks: tasks, Bytes: int64(bytes)}
	most := storage.Held{Tasks: p.Room, Bytes: p.MaxBytes}
	if !fits(r.all, add, most) {
		return noRoom("requests", most)
	}
	most = storage.Held{Tasks: p.Room - p.Room/2, Bytes: p.MaxBytes - p.MaxBytes/2}
	if !fits(r.of[client], add, most) {
		return noRoom("this client's requests", most)
	}
	r.of[client], r.all = sum(r.of[client], add), sum(r.all, add)
	return nil
}

// askRoom brings up to date what is known.
func (s *Service) askRoom(ctx context.Context, r *taskRoom) error {
	if time.Since(r.asked) < askEvery {
		return nil
	}
	ctx, cancel := s.brief(ctx)
	defer cancel()
	of, err := s.Tasks.Held(ctx)
	if err != nil {
		return err
	}
	r.asked, r.of, r.all = time.Now(), of, storage.Held{}
	for _, h := range of {
		r.all = sum(r.all, h)
	}
	return nil
}

func sum(a, b storage.Held) storage.Held {
	return storage.Held{Tasks: a.Tasks + b.Tasks, Bytes: a.Bytes + b.Bytes}
}

// fits says whether there is room for what is added; what is not may be beyond.
func fits(held, add, most storage.Held) bool {
	all := sum(held, add)
	return (add.Tasks <= 0 || all.Tasks <= most.Tasks) && (add.Bytes <= 0 || all.Bytes <= most.Bytes)
}

func noRoom(whose string, most storage.Held) error {
	return models.Errorf("task", models.Unavailable,
		"no room for more of %s: at most %d, and %d bytes of them and their answers, may wait", whose, most.Tasks, most.Bytes)
}

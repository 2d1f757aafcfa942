package api

import (
	"sync"
	"time"

	"oblik/models"
)

// taskState is what this process knows of the tasks. Its zero value is ready.
type taskState struct {
	work, deliver bell
	room          taskRoom
}

// bell wakes the taker of a stage.
type bell struct {
	once sync.Once
	c    chan struct{}
}

func (b *bell) channel() chan struct{} {
	b.once.Do(func() { b.c = make(chan struct{}, 1) })
	return b.c
}

func (b *bell) ring() {
	select {
	case b.channel() <- struct{}{}:
	default:
	}
}

// ring wakes whoever takes the task's next stage, when it is due.
func (s *Service) ring(t models.Task) {
	next := &s.queue().work
	switch t.State.Stage() {
	case models.StageDeliver:
		next = &s.queue().deliver
	case models.StageOver:
		return
	}
	time.AfterFunc(time.Until(t.Due), next.ring)
}

// taskRoom is how many tasks are not over, as far as it is known: counting all
// of them for each new one would cost more than storing it.
type taskRoom struct {
	mu      sync.Mutex
	counted time.Time
	tasks   int
}

const countEvery = time.Second

// take has room for one task more, or is [models.Unavailable].
func (r *taskRoom) take(most int, count func() (map[models.TaskState]int, error)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.counted) >= countEvery {
		states, err := count()
		if err != nil {
			return err
		}
		r.tasks, r.counted = 0, time.Now()
		for state, n := range states {
			if state.Stage() != models.StageOver {
				r.tasks += n
			}
		}
	}
	if r.tasks >= most {
		return models.Errorf("task", models.Unavailable, "%d requests are waiting", r.tasks)
	}
	r.tasks++
	return nil
}

func (s *Service) queue() *taskState { return &s.tasks }

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

func (s *Service) queue() *taskState { return &s.tasks }

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

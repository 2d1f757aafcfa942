package api

import (
	"context"
	"time"

	"oblik/models"
	"oblik/storage"
)

// Submit stores a request for later, durably before it returns, and gives the
// task that is stored: an earlier one if there is one of its id, which the
// caller has to compare. A task without an id gets a random one.
func (s *Service) Submit(ctx context.Context, t models.Task, p TaskPolicy) (models.Task, error) {
	if err := s.records.err(); err != nil {
		return t, err
	}
	ctx, cancel := s.brief(ctx)
	defer cancel()
	if err := s.takeRoom(ctx, p.usual(), t.Client, 1, len(t.Request)); err != nil {
		return t, err
	}
	if t.ID == "" {
		t.ID = storage.NewKey()
	}
	t.State, t.Attempts, t.Begun, t.Due = models.TaskPending, 0, 0, time.Time{} // now, by the store's clock
	err := s.Tasks.Add(ctx, t)
	switch models.KindOf(err) {
	case models.Conflict, models.Uncertain:
		if stored, e := s.Tasks.Read(ctx, t.ID); e == nil {
			t, err = stored, nil
		}
	}
	if err == nil {
		s.queue().work.ring()
	}
	return t, err
}

// ClaimFree says whether a change of this claim may still be made: false once
// one was, or while it is being made. [models.Reused] if it was one with
// another body.
func (s *Service) ClaimFree(ctx context.Context, c *Once) (bool, error) {
	ctx, cancel := s.brief(ctx)
	defer cancel()
	outcome, err := s.Acts.Outcome(ctx, storage.Claim{Key: c.Key, Body: c.Body})
	if models.KindOf(err) == models.InProgress && err != nil {
		return false, nil
	}
	return len(outcome) == 0, err
}

// TaskStatus is the state of a client's own task; [models.NotFound] for any
// other.
func (s *Service) TaskStatus(ctx context.Context, by Caller, id string) (models.TaskState, error) {
	t, err := s.task(ctx, by, id, s.Tasks.Head)
	return t.State, err
}

func (s *Service) task(ctx context.Context, by Caller, id string, read func(context.Context, string) (models.Task, error)) (models.Task, error) {
	const op = "task"
	if storage.CheckKey(op, id) != nil {
		return models.Task{}, models.Errorf(op, models.NotFound, "no such task")
	}
	if err := s.records.err(); err != nil {
		return models.Task{}, err
	}
	ctx, cancel := s.brief(ctx)
	defer cancel()
	t, err := read(ctx, id)
	if err == nil && t.Client != by.Client {
		err = models.Errorf(op, models.NotFound, "no such task")
	}
	return t, err
}

// wanted is [models.Cancelled] if the change is made for a task that was wiped
// with its person while it was worked on: it would bring the person back, and
// the client is told that it was not made. Whoever erases is not between this and
// the change's rows, but for another process.
func (s *Service) wanted(ctx context.Context, by Caller) error {
	if by.Task == "" {
		return nil
	}
	t, err := s.Tasks.Read(ctx, by.Task)
	if models.KindOf(err) == models.NotFound || err == nil && t.Request == nil {
		return models.Errorf("task", models.Cancelled, "its request is gone")
	}
	return err
}

// Redeliver asks for the answer of a client's own task again: it is due now, with
// all its attempts. Where the first delivery is still to come nothing changes;
// one under way after others have failed may come twice. [models.NotFound] for a
// task that is not the client's, and for one that was delivered: its answer is
// gone.
func (s *Service) Redeliver(ctx context.Context, by Caller, id string) error {
	t, err := s.task(ctx, by, id, s.Tasks.Head)
	switch {
	case err != nil:
		return err
	case t.State == models.TaskCompleted:
		return models.Errorf("task", models.NotFound, "the task was delivered")
	case !rests(t):
		return nil
	}
	if t, err = s.task(ctx, by, id, s.Tasks.Read); err != nil || !rests(t) {
		return err
	}
	t.State, t.Attempts, t.Due = models.TaskRetry, 0, time.Time{}
	if t.Result == nil { // wiped: that is to be told instead
		t.State = models.TaskPending
	}
	ctx, cancel := s.brief(ctx)
	defer cancel()
	_, err = s.Tasks.Save(ctx, t)
	if err == nil {
		s.ring(t)
	}
	if models.KindOf(err) == models.Conflict { // somebody was first, with the same or with the person's erasure
		return nil
	}
	return err
}

// rests says whether a task has been delivered in vain, and nothing is done with
// it for the time being.
func rests(t models.Task) bool {
	return t.State == models.TaskFailed || t.State.Stage() == models.StageDeliver && t.Attempts > 0
}

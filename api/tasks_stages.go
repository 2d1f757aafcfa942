package api

import (
	"context"
	"time"

	"oblik/models"
)

// work is one attempt at what a task asks for.
func (u *taskRun) work(ctx context.Context, t models.Task) {
	result, mime, err := u.answer(ctx, t)
	switch {
	case err != nil && u.attempts.Err() != nil && putsOff(ctx, err): // the service stops
		t.Due = time.Now()
	case err != nil && putsOff(ctx, err) && !u.hopeless(ctx, t):
		u.later(&t)
	default:
		if err != nil {
			result, mime = u.runner.Fault(err)
			err = nil // it is the client's: its text may quote the request
		}
		t.Request, t.Result, t.ResultType = nil, result, mime
		t.State, t.Attempts, t.Due = models.TaskScheduled, 0, time.Now()
		t.Priority = 0 // of the work: deliveries come in the order they fall due
	}
	u.finish(t, err)
}

// answer is the runner's, but for a task that was wiped and an answer that is
// too long.
func (u *taskRun) answer(ctx context.Context, t models.Task) ([]byte, string, error) {
	if t.Request == nil {
		return nil, "", models.Errorf("task", models.Cancelled, "its request is gone")
	}
	result, mime, err := u.runner.Work(ctx, t)
	if len(result) > u.policy.MaxResult {
		return nil, "", models.Errorf("task", models.Invalid,
			"the answer has %d bytes, at most %d are delivered: ask for one encounter at a time", len(result), u.policy.MaxResult)
	}
	return result, mime, err
}

// putsOff says whether an error is of our own stores, or of the time that
// was over: the same work may succeed later.
func putsOff(ctx context.Context, err error) bool {
	switch models.KindOf(err) {
	case models.Unavailable, models.Deadline, models.Uncertain, models.InProgress:
		return true
	case models.Internal:
		return ctx.Err() != nil
	default:
		return false
	}
}

// hopeless says whether work that is put off is so for the last time: after
// Retention, and after Attempts where it takes longer than it may.
func (u *taskRun) hopeless(ctx context.Context, t models.Task) bool {
	return time.Since(t.Created) >= u.policy.Retention || ctx.Err() != nil && t.Attempts+1 >= u.policy.Attempts
}

// deliver is one attempt to bring the answer to the client.
func (u *taskRun) deliver(ctx context.Context, t models.Task) {
	host := hostOf(t.Callback)
	if wait := u.hosts.enter(host); wait > 0 {
		t.Due = time.Now().Add(wait)
		if err := u.save(t); err != nil {
			u.Log.Warn("a task is not put off", "task", t.ID, "error", err)
		}
		return
	}
	begun := time.Now()
	err := u.runner.Deliver(ctx, t)
	u.hosts.leave(host, time.Since(begun))
	switch {
	case err == nil:
		t.State, t.Request, t.Result, t.ResultType = models.TaskCompleted, nil, nil, ""
		t.Person, t.Encounter, t.Callback = "", "", "" // it holds nobody's data, and may not be delivered again
		t.Attempts++
	case u.attempts.Err() != nil: // the service stops
		t.Due = time.Now()
	default:
		u.later(&t)
		if t.Attempts >= u.policy.Attempts {
			t.State = models.TaskFailed
		}
	}
	u.finish(t, err)
}

// later counts an attempt and sets the time of the next: exponential backoff
// with full jitter, so that what failed together does not come again together.
func (u *taskRun) later(t *models.Task) {
	const doublings = 30 // beyond, the bound is reached whatever the base
	most := min(u.policy.MaxBackoff, u.policy.Backoff<<min(t.Attempts, doublings))
	if most <= 0 { // it overflowed
		most = u.policy.MaxBackoff
	}
	t.Attempts++
	t.Due = time.Now().Add(upTo(most))
}

// finish stores what an attempt came to, with what it failed of. Where that
// can't be stored the attempt is made again after its lease; where somebody else
// has changed the task meanwhile, or the person was erased, it is dropped.
func (u *taskRun) finish(t models.Task, failed error) {
	about := []any{"task", t.ID, "operation", t.Operation, "state", t.State, "attempts", t.Attempts, "transaction", t.Transaction}
	if failed != nil {
		about = append(about, "error", failed)
	}
	if err := u.save(t); err != nil {
		u.Log.Warn("a task's state is not saved", append(about, "because", err)...)
		return
	}
	u.Log.Info("task", about...)
	u.ring(t)
}

// save is not ended by anything but its time.
func (u *taskRun) save(t models.Task) error {
	ctx, cancel := u.brief(context.WithoutCancel(u.attempts))
	defer cancel()
	_, err := u.Tasks.Save(ctx, t)
	return err
}

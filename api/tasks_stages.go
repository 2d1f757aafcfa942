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

// answer is the runner's, but for a task that was wiped, one that ends processes,
// an answer that is too long and one for which there is no room.
func (u *taskRun) answer(ctx context.Context, t models.Task) ([]byte, string, error) {
	if t.Request == nil {
		return nil, "", models.Errorf("task", models.Cancelled, "its request is gone")
	}
	if t.Begun > mostBegun {
		return nil, "", endsProcesses(t)
	}
	result, mime, err := u.runner.Work(ctx, t)
	if len(result) > u.policy.MaxResult {
		return nil, "", models.Errorf("task", models.Invalid,
			"the answer has %d bytes, at most %d are delivered: ask for one encounter at a time", len(result), u.policy.MaxResult)
	}
	if err == nil {
		err = u.takeRoom(ctx, u.policy, t.Client, 0, len(result)-len(t.Request))
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
	if t.Begun > mostBegun {
		t.State = models.TaskFailed
		u.finish(t, endsProcesses(t))
		return
	}
	host := hostOf(t.Callback)
	if wait := u.hosts.enter(host); wait > 0 {
		u.putOff(t, wait)
		return
	}
	err := u.bring(ctx, host, t)
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

// bring leaves the host whether the delivery ends or panics.
func (u *taskRun) bring(ctx context.Context, host string, t models.Task) error {
	begun := time.Now()
	defer func() { u.hosts.leave(host, time.Since(begun)) }()
	return u.runner.Deliver(ctx, t)
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

package api

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"oblik/models"
)

// mostBegun is how often a task is begun without any attempt of it ending. An
// attempt that fails ends, and so does one that is broken off because the
// service stops. One that does not end has taken its process with it, by the
// memory it needs for example, was beside one that did, has panicked, or could
// not be saved.
const mostBegun = 5

// attempt does one, with its time. Tasks that were begun before and did not end
// are taken one at a time: so those that were merely beside the one that ended
// the process come to their end, while that one is begun again until it is given
// up. A panic costs no more than its attempt, which has not ended: the task is
// taken again after its lease.
func (u *taskRun) attempt(t models.Task, limit time.Duration, do func(context.Context, models.Task)) {
	defer func() {
		if p := recover(); p != nil {
			u.Log.Error("panic", "task", t.ID, "operation", t.Operation, "value", fmt.Sprintf("%.200v", p), "stack", string(debug.Stack()))
		}
	}()
	if t.Begun > 1 {
		if !u.suspect.TryLock() {
			u.putOff(t, upTo(limit))
			return
		}
		defer u.suspect.Unlock()
	}
	ctx, cancel := context.WithTimeout(u.attempts, limit)
	defer cancel()
	do(ctx, t)
}

// endsProcesses is [models.Crashed], for a task that was begun too often: the
// answer, if it was its work, and else why there are no more deliveries until
// the client asks for one.
func endsProcesses(t models.Task) error {
	return models.Errorf("task", models.Crashed, "begun %d times, and never ended", t.Begun-1)
}

// putOff gives a task back that was taken and not begun.
func (u *taskRun) putOff(t models.Task, wait time.Duration) {
	t.Begun--
	t.Due = time.Now().Add(wait)
	if err := u.save(t); err != nil {
		u.Log.Warn("a task is not put off", "task", t.ID, "error", err)
	}
}

// finish stores what an attempt came to, with what it failed of. Where that
// can't be stored the attempt is made again after its lease; where somebody else
// has changed the task meanwhile, or the person was erased, it is dropped.
func (u *taskRun) finish(t models.Task, failed error) {
	t.Begun = 0
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

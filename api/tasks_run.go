package api

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"oblik/models"
)

// TaskRunner knows what a task's Request asks for, and how its Result reaches
// the client. It is safe for concurrent use; its methods end with their context.
type TaskRunner interface {
	// Work does what a task asks for and makes the answer. An error is the answer
	// too, unless it is of our own stores: then the work is put off. It may be
	// done again after an answer was lost, and must have its effect once.
	Work(ctx context.Context, t models.Task) (result []byte, mime string, err error)
	// Fault is the answer that tells of an error.
	Fault(err error) (result []byte, mime string)
	// Deliver brings the result to the client; nil if he has it. The error names
	// no more of the address than its host.
	Deliver(ctx context.Context, t models.Task) error
}

const (
	// slack is what a lease has beyond the time of the attempt: for the stores,
	// and for a process that was not given time.
	slack = 10 * time.Second
	// pollEvery is how often tasks are looked for that nothing in this process
	// knows of: of other nodes, and of before the start.
	pollEvery   = time.Second
	expireEvery = time.Minute
)

// RunTasks works on tasks and delivers their answers until ctx ends. Then it
// takes no more; what is under way has p.Drain to end and is else given back,
// before it returns. Several processes may run on one store: each attempt is
// one's. If a process is killed, another, or the next, begins its attempts
// again when their leases are over; so an answer may be delivered twice, and is
// never lost. What ends each process that takes it is given up in the end.
func (s *Service) RunTasks(ctx context.Context, r TaskRunner, p TaskPolicy) {
	p = p.usual()
	attempts, breakOff := context.WithCancel(context.WithoutCancel(ctx))
	defer breakOff()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(p.Drain, breakOff) })()
	u := &taskRun{Service: s, runner: r, policy: p, attempts: attempts, hosts: hosts{most: max(1, p.Deliverers/2), longest: p.MaxBackoff}}
	var all sync.WaitGroup
	all.Go(func() { u.expire(ctx) })
	all.Go(func() { u.takeAll(ctx, models.StageWork, p.Workers, p.WorkTime, &s.queue().work, u.work) })
	all.Go(func() {
		u.takeAll(ctx, models.StageDeliver, p.Deliverers, p.DeliverTime, &s.queue().deliver, u.deliver)
	})
	all.Wait()
}

// taskRun is one RunTasks.
type taskRun struct {
	*Service
	runner   TaskRunner
	policy   TaskPolicy
	attempts context.Context // of every attempt; ends after the drain
	hosts    hosts
	suspect  sync.Mutex // of the one suspect that is under way, see attempt
}

// takeAll takes the due tasks of a stage, at most n at once, and returns when
// those it took are done with.
func (u *taskRun) takeAll(ctx context.Context, stage models.Stage, n int, limit time.Duration, woken *bell, do func(context.Context, models.Task)) {
	var under sync.WaitGroup
	defer under.Wait()
	places := make(chan struct{}, n)
	failing := false
	for {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		if ctx.Err() != nil {
			return
		}
		t, err := u.next(stage, limit+slack)
		if err != nil && !failing {
			u.Log.Warn("tasks can't be taken", "stage", stage, "error", err)
		}
		failing = err != nil
		if t == nil {
			<-places
			u.idle(ctx, woken)
			continue
		}
		under.Go(func() {
			defer func() { <-places }()
			u.attempt(*t, limit, do)
		})
	}
}

// next is not ended by anything but its time: a task that was taken unseen would
// wait for its lease.
func (u *taskRun) next(stage models.Stage, lease time.Duration) (*models.Task, error) {
	if u.records.err() != nil || stage == models.StageWork && u.Ready() != nil { // said elsewhere
		return nil, nil //nolint:nilnil // none to be taken, as with the store's own
	}
	ctx, cancel := u.brief(context.WithoutCancel(u.attempts))
	defer cancel()
	return u.Tasks.Next(ctx, stage, lease)
}

// idle waits for the bell, no longer than pollEvery, more or less: nodes that
// started together should not ask together.
func (u *taskRun) idle(ctx context.Context, woken *bell) {
	select {
	case <-ctx.Done():
	case <-woken.channel():
	case <-time.After(pollEvery/2 + upTo(pollEvery)):
	}
}

// upTo is a random time.
func upTo(d time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(d) + 1)) //nolint:gosec // it spreads load and is no secret
}

// expire removes what is over and old, and keeps doing so.
func (u *taskRun) expire(ctx context.Context) {
	for {
		if n, err := u.expireNow(ctx); err != nil && ctx.Err() == nil {
			u.Log.Warn("old tasks can't be removed", "error", err)
		} else if n > 0 {
			u.Log.Info("old tasks are removed", "tasks", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(expireEvery):
		}
	}
}

func (u *taskRun) expireNow(ctx context.Context) (int, error) {
	if u.records.err() != nil { // said elsewhere
		return 0, nil
	}
	ctx, cancel := u.brief(ctx)
	defer cancel()
	return u.Tasks.Expire(ctx, u.policy.Retention)
}

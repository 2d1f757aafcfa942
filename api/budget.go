package api

import (
	"context"
	"sync/atomic"
	"time"
)

// budget is what one request may still wait for the stores, all its waits
// together: extraction in between costs none of it.
type budget struct{ left atomic.Int64 } // nanoseconds

type budgetKey struct{}

// allot gives a request its budget, [Parts].StoreTime.
func (s *Service) allot(ctx context.Context) context.Context {
	b := &budget{}
	b.left.Store(int64(s.StoreTime))
	return context.WithValue(ctx, budgetKey{}, b)
}

// brief bounds one wait for the stores by what is left of the request's
// budget; without one, by all of it. The returned function ends the wait and
// takes its time off.
func (s *Service) brief(ctx context.Context) (context.Context, context.CancelFunc) {
	b, ok := ctx.Value(budgetKey{}).(*budget)
	if !ok {
		return context.WithTimeout(ctx, s.StoreTime)
	}
	began := time.Now()
	brief, cancel := context.WithTimeout(ctx, time.Duration(b.left.Load()))
	return brief, func() {
		cancel()
		b.left.Add(-int64(time.Since(began)))
	}
}

// ask is one question to the database, within the budget.
func (s *Service) ask(ctx context.Context, question func(context.Context) error) error {
	ctx, cancel := s.brief(ctx)
	defer cancel()
	return s.observed(ctx, StageRecords, question)
}

// observed is a stage that the observer is told of.
func (s *Service) observed(ctx context.Context, stage string, f func(context.Context) error) error {
	ctx, done := s.Observer.Stage(ctx, stage)
	err := f(ctx)
	done(err)
	return err
}

package osia

import (
	lru "container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxBuckets is how many clients' rates are remembered. One more makes room by
// forgetting the client that asked least recently; if that one comes back, its
// bucket is full.
const maxBuckets = 10_000

// limits hold each client to the rate that the policy gives it, by a token
// bucket. Tokens that name no client share one.
type limits struct {
	policy *Policy

	mu      sync.Mutex
	buckets map[string]*lru.Element // of *bucket
	used    *lru.List               // the latest first
}

type bucket struct {
	client string
	*rate.Limiter
}

func newLimits(p *Policy) *limits {
	return &limits{policy: p, buckets: map[string]*lru.Element{}, used: lru.New()}
}

// take is a fault if the client has used up its rate; it carries the time until
// one more request is allowed.
func (l *limits) take(client string) error {
	b := l.bucket(client)
	if b == nil {
		return nil
	}
	now := time.Now()
	asked := b.ReserveN(now, 1) // never more than the burst, so it is granted some time
	wait := asked.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	asked.CancelAt(now)
	return tooOften(wait)
}

// empty is the fault that take would give now; it takes nothing.
func (l *limits) empty(client string) error {
	b := l.bucket(client)
	if b == nil {
		return nil
	}
	if missing := 1 - b.Tokens(); missing > 0 {
		return tooOften(time.Duration(missing / float64(b.Limit()) * float64(time.Second)))
	}
	return nil
}

// bucket is nil for a client without a limit.
func (l *limits) bucket(client string) *rate.Limiter {
	r := l.policy.of(client)
	if r.rate == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.buckets[client]; e != nil {
		l.used.MoveToFront(e)
		b, _ := e.Value.(*bucket)
		if b.Limit() != r.rate || b.Burst() != r.burst { // the policy was read again
			b.SetLimit(r.rate)
			b.SetBurst(r.burst)
		}
		return b.Limiter
	}
	b := &bucket{client, rate.NewLimiter(r.rate, r.burst)}
	l.buckets[client] = l.used.PushFront(b)
	if l.used.Len() > maxBuckets {
		oldest, _ := l.used.Remove(l.used.Back()).(*bucket)
		delete(l.buckets, oldest.client)
	}
	return b.Limiter
}

// later is a cause that says when the same request may succeed.
type later time.Duration

func tooOften(wait time.Duration) error { return &Fault{Code: codeRate, cause: later(wait)} }

// Error implements error.
func (l later) Error() string { return "again in " + time.Duration(l).String() }

// RetryAfter is the time from now.
func (l later) RetryAfter() time.Duration { return time.Duration(l) }

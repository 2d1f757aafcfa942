package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"oblik/models"
)

// The identity lock bounds how often somebody can try to pass for a person on
// record, with NIST SP 800-63B-4, section 3.2.3.3, for a service that does not
// itself detect photographs of photographs: after five failures in a row a
// delay of at least 30 seconds before each further attempt, and an end at 50.
//
// A failure is a verification by id that compared something and did not match,
// whoever asked and in whatever gallery; a photograph without a face and a
// fault of the service are none. It is on record before it is answered, so a
// restart forgets nothing. A match forgets all of them.
//
// Attempts on one person are made one after another within a process: each sees
// what the one before came to. n processes over one database may let n-1 more
// through each time. The price: a question to the database for a verification
// and a write for a failed one, 0.05 and 0.4 ms in the embedded store; one person
// is verified only as fast as one worker extracts; and whoever may verify can
// lock a person out. [Policy].LockAfter 0 switches the lock off.
const (
	firstDelay = 30 * time.Second // doubled by each failure more
	lastDelay  = time.Hour
	maxGuesses = 64 // attempts on one person at a time, the waiting ones included
)

// lockDelay is what has to pass since the last failure.
func (p Policy) lockDelay(failures int) time.Duration {
	wait := firstDelay
	for more := failures - p.LockAfter; more > 0 && wait < lastDelay; more-- {
		wait *= 2
	}
	return min(wait, lastDelay)
}

// lock reports that a person can't be verified now, as [models.Delayed] or
// [models.Locked], or how many failures there are.
func (s *Service) lock(ctx context.Context, person models.PersonID) (failures int, err error) {
	if s.Policy.LockAfter == 0 {
		return 0, nil
	}
	var ago time.Duration
	err = s.ask(ctx, func(ctx context.Context) (err error) {
		failures, ago, err = s.Attempts.Failed(ctx, person)
		return err
	})
	switch {
	case err != nil || failures < s.Policy.LockAfter:
		return failures, err
	case failures >= s.Policy.LockStop:
		return failures, models.Errorf("verify", models.Locked, "until an operator unlocks the person")
	}
	if wait := s.Policy.lockDelay(failures) - ago; wait > 0 {
		return failures, models.Errorf("verify", models.Delayed, "%w", lockWait(wait))
	}
	return failures, nil
}

// count puts the outcome of a verification on record; failures is what [Service.lock] told.
func (s *Service) count(ctx context.Context, person models.PersonID, failures int, d Decision) error {
	if s.Policy.LockAfter == 0 || d.Compared == 0 || d.Match && failures == 0 {
		return nil
	}
	return s.ask(ctx, func(ctx context.Context) error {
		if d.Match {
			return s.Attempts.Clear(ctx, person)
		}
		return s.Attempts.Fail(ctx, person)
	})
}

// lockWait is how long to wait before the next attempt.
type lockWait time.Duration

// Error says it in whole seconds.
func (d lockWait) Error() string {
	return fmt.Sprintf("again in %.0f s", math.Ceil(time.Duration(d).Seconds()))
}

// RetryAfter is the delay.
func (d lockWait) RetryAfter() time.Duration { return time.Duration(d) }

// RetryAfter is how long the client has to wait after an error of kind
// [models.Delayed]; false for any other.
func RetryAfter(err error) (time.Duration, bool) {
	var d lockWait
	ok := errors.As(err, &d)
	return time.Duration(d), ok
}

// guesses are the people being verified. The zero value has nobody in it.
type guesses struct {
	mu sync.Mutex
	of map[models.PersonID]*guess
}

type guess struct {
	turn chan struct{} // holds something while an attempt is made
	here int           // attempts made or waiting
}

// alone runs f as the only attempt on a person. [models.Unavailable] if
// [maxGuesses] are there already, [models.Deadline] if the context ends before f.
func (g *guesses) alone(ctx context.Context, person models.PersonID, f func() error) error {
	mine := g.join(person)
	if mine == nil {
		return models.Errorf("verify", models.Unavailable, "too many verifications of one person at once")
	}
	defer g.leave(person, mine)
	select {
	case mine.turn <- struct{}{}:
	case <-ctx.Done():
		return models.Errorf("verify", models.Deadline, "before the attempt: %w", ctx.Err())
	}
	defer func() { <-mine.turn }()
	return f()
}

func (g *guesses) join(person models.PersonID) *guess {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of == nil {
		g.of = make(map[models.PersonID]*guess)
	}
	mine := g.of[person]
	if mine == nil {
		mine = &guess{turn: make(chan struct{}, 1)}
		g.of[person] = mine
	}
	if mine.here == maxGuesses {
		return nil
	}
	mine.here++
	return mine
}

func (g *guesses) leave(person models.PersonID, mine *guess) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if mine.here--; mine.here == 0 {
		delete(g.of, person)
	}
}

package api

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"oblik/models"
)

// Several services may work on one database, and each has an index in its own
// memory. Each takes over what the others change: it reads the log of changes
// (storage.Changes) when a change is announced, and at intervals, since an
// announcement can be lost; and the records of each person it names are read anew
// and replace the person's in the index, alone among the changes of that person.
// Whom the service has changed itself is read again in the same way (follower.changed).
// What is read may be newer than the change that led to it, never older; so it does
// no harm to do it twice, or in another order.
//
// People are taken over lock by lock (stripes): one whose lock is held by a slow
// change keeps back only those who have to wait for it anyway. Who could not be
// taken over stays pending and is tried again.
const (
	followEvery = 250 * time.Millisecond // between two readings of the log, if nothing is announced
	followPause = 5 * time.Millisecond   // at least, between two readings
	followReads = 8                      // readings of records at once
	followBatch = 256                    // people read at once

	maxSilence = 5 * time.Second  // without a reading of the log the index counts as out of step then
	maxDelay   = 15 * time.Second // so does it when somebody has been pending for so long
	maxPending = 100_000          // people, some 20 MB; with more the index is loaded anew
)

// keepStep keeps the index in step with what others change, until ctx ends.
func (s *Service) keepStep(ctx context.Context) {
	s.step.on.Store(true)
	defer s.step.on.Store(false)
	var all sync.WaitGroup
	defer all.Wait()
	announced := make(chan struct{}, 1)
	all.Go(func() { s.listen(ctx, announced) })
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var busy [len(stripes{})]atomic.Bool
	var said complaint
	for ctx.Err() == nil {
		if s.open() == nil { // else it has been said, and is looked after
			said.about(s, s.inTime(ctx, s.readLog))
			for _, lock := range s.step.waiting() {
				if busy[lock].CompareAndSwap(false, true) {
					all.Go(func() {
						defer busy[lock].Store(false)
						said.about(s, s.inTime(ctx, func(ctx context.Context) error { return s.takeOver(ctx, lock) }))
					})
				}
			}
		}
		time.Sleep(followPause)
		select {
		case <-ctx.Done():
		case <-announced:
		case <-tick.C:
		}
	}
}

// inTime bounds what is tried again anyway.
func (s *Service) inTime(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.StoreTime)
	defer cancel()
	return f(ctx)
}

// listen passes announcements on until ctx ends.
func (s *Service) listen(ctx context.Context, announced chan<- struct{}) {
	for ctx.Err() == nil {
		if err := s.Changes.Await(ctx); err != nil {
			select { // what is lost meanwhile is read all the same
			case <-ctx.Done():
			case <-time.After(followEvery):
			}
			continue
		}
		select {
		case announced <- struct{}{}:
		default: // one is waiting to be heard
		}
	}
}

// complaint logs what keeps failing, once a minute; that a database is away is said
// elsewhere, and one that is slow does no harm before the index is out of step.
type complaint struct {
	mu   sync.Mutex
	last time.Time
}

func (c *complaint) about(s *Service, err error) {
	if err == nil {
		return
	}
	switch models.KindOf(err) {
	case models.Conflict:
		return
	case models.Unavailable, models.Deadline:
		if s.open() != nil || s.inStep() == nil {
			return
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.last) < time.Minute {
		return
	}
	c.last = time.Now()
	s.Log.Error("what other services changed is not in the index yet; it is tried again", "error", err)
}

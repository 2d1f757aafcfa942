package api

import (
	"context"
	"time"

	"oblik/models"
)

// Following tells how well the index follows the changes of other services.
type Following struct {
	Sequence int64         // every change of others up to this one is in the index
	Age      time.Duration // since the log of changes was last read
	Pending  int           // people whose change is known and has not been taken over
	Amiss    int64         // candidates that the records did not confirm, since the start
}

// Following is how things stand now.
func (s *Service) Following() Following {
	f := &s.step
	f.mu.Lock()
	defer f.mu.Unlock()
	return Following{Sequence: f.sum.held, Age: time.Since(f.read), Pending: f.sum.people, Amiss: f.amiss.Load()}
}

// inStep is nil if what others changed until a moment ago is in the index: a
// reading of the log that began after the last outage has been taken over, the
// last one is not long ago, and nobody has waited long. Where nothing follows,
// as in a command, the index is that of its loading.
func (s *Service) inStep() error {
	f := &s.step
	f.mu.Lock()
	defer f.mu.Unlock()
	late := f.sum.people > 0 && time.Since(f.sum.since) > maxDelay
	if f.on.Load() && (late || f.caught != s.records.gone.Load() || time.Since(f.read) > maxSilence) {
		return models.Errorf("api", models.Unavailable, "the index is not in step with the database")
	}
	return nil
}

// unload makes the service load the index anew.
func (s *Service) unload() {
	s.loaded.Store(false)
	f := &s.step
	f.mu.Lock()
	defer f.mu.Unlock()
	f.epoch++
	clear(f.pending[:])
	f.count()
}

// readLog reads what others have changed since the last time, all of it. The
// people are pending then. [models.Conflict] if the index has to be loaded anew.
func (s *Service) readLog(ctx context.Context) error {
	f := &s.step
	select {
	case f.reading <- struct{}{}:
	case <-ctx.Done():
		return models.Errorf("follow", models.Deadline, "%w", ctx.Err())
	}
	defer func() { <-f.reading }()
	for more := true; more; {
		var err error
		if more, err = s.readPage(ctx); models.KindOf(err) == models.Conflict {
			s.Log.Warn("the index is loaded anew: the database is in another state than this service followed, or has gone too far ahead", "error", err)
			s.unload()
			s.tidyUp()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readPage is one reading of the log, which may not be all of it. One that gets
// on by few numbers is: stores give more at once than that.
func (s *Service) readPage(ctx context.Context) (more bool, err error) {
	const few = 1000
	f := &s.step
	if !s.loaded.Load() {
		return false, models.Errorf("follow", models.Unavailable, "the index has not been loaded yet")
	}
	epoch, place, own := f.from()
	r := reading{epoch: epoch, began: time.Now(), gone: s.records.gone.Load()}
	if r.people, r.next, err = s.Changes.After(ctx, place); err != nil {
		f.changed(own...)
		return false, err
	}
	r.people = append(r.people, own...)
	r.all = r.next.Seq-place.Seq < few
	if !f.note(r) {
		return false, models.Errorf("follow", models.Conflict, "more than %d people were changed", maxPending)
	}
	return !r.all, nil
}

// stands is which loading of the index this is, and the number up to which every
// change of other services is in it.
func (f *follower) stands() (epoch int, sequence int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.epoch, f.sum.held
}

// still says if the index has not been taken away since that loading.
func (s *Service) still(epoch int) bool {
	now, _ := s.step.stands()
	return now == epoch
}

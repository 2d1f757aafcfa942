package api

import (
	"sync"
	"sync/atomic"
	"time"

	"oblik/models"
	"oblik/storage"
)

// follower is how far the index has taken over what other services changed.
type follower struct {
	on      atomic.Bool   // while [Service.Tend] runs
	reading chan struct{} // the turn to read the log of changes
	reads   chan struct{} // the turns to read records
	amiss   atomic.Int64  // candidates that the records did not confirm

	mu      sync.Mutex
	epoch   int // raised when the index is to be loaded anew
	place   storage.Place
	round   int64     // number of the newest reading of the log
	read    time.Time // when the newest that left nothing out began
	goal    goal
	caught  int64             // of health.gone: all outages until then are made up for
	own     []models.PersonID // changed by this service since the newest reading began
	pending [len(stripes{})]map[models.PersonID]naming
	sum     pendingSum
}

// goal is a round after an outage: once all it named are in the index, that is
// in step again.
type goal struct{ round, gone int64 }

// begin is where a freshly loaded index stands.
func (f *follower) begin(p storage.Place, read time.Time, gone int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.place, f.read, f.caught, f.goal, f.own = p, read, gone, goal{f.round, gone}, nil
	f.count()
}

// reading is what one reading of the log gave.
type reading struct {
	epoch  int // the index it is for
	began  time.Time
	gone   int64 // health.gone then
	people []models.PersonID
	next   storage.Place
	all    bool // there was no more
}

// note takes over a reading, unless the index is another one by now; false if
// too many people are pending.
func (f *follower) note(r reading) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.epoch != r.epoch {
		return true
	}
	f.round++
	f.add(r.people)
	f.place = r.next
	if r.all {
		f.read = r.began
	}
	if r.all && f.goal.gone != r.gone {
		f.goal = goal{f.round, r.gone}
	}
	f.count()
	return f.sum.people <= maxPending
}

// changed is told whom this service has changed itself. The index has it already,
// and yet they are pending from the next reading on, with those whom the log names:
// a change that the newest reading had not seen may be undone by a restore of the
// database that no later one notices, and a merge may have given what another
// service had changed the moment before.
func (f *follower) changed(people ...models.PersonID) {
	if !f.on.Load() {
		return // nobody reads
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range people {
		if p != "" {
			f.own = append(f.own, p)
		}
	}
}

// from is where the next reading begins, and whom it makes pending in any case.
func (f *follower) from() (epoch int, place storage.Place, own []models.PersonID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	own, f.own = f.own, nil
	return f.epoch, f.place, own
}

package api

import (
	"time"

	"oblik/models"
	"oblik/storage"
)

// naming says that a person's records were changed, and are not in the index yet.
type naming struct {
	first, last int64 // rounds that named the person
	since       time.Time
	held        int64 // the newest change that was in the index before
}

// pendingSum is what all namings come to.
type pendingSum struct {
	people int
	since  time.Time // of the oldest; zero for none
	held   int64
}

// name makes people pending whatever the log says.
func (f *follower) name(people ...models.PersonID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.round++
	f.add(people)
	f.count()
}

// add is name; the lock is held.
func (f *follower) add(people []models.PersonID) {
	for _, p := range people {
		all := &f.pending[stripe(p)]
		if *all == nil {
			*all = make(map[models.PersonID]naming)
		}
		n, there := (*all)[p]
		if !there {
			n = naming{first: f.round, since: time.Now(), held: settled(f.place)}
		}
		n.last = f.round
		(*all)[p] = n
	}
}

// count sums up what is pending; the lock is held.
func (f *follower) count() {
	f.sum = pendingSum{held: settled(f.place)}
	made := true // whether all that goal named are in the index
	for _, all := range f.pending {
		for _, n := range all {
			if f.sum.people++; f.sum.people == 1 || n.since.Before(f.sum.since) {
				f.sum.since = n.since
			}
			f.sum.held = min(f.sum.held, n.held)
			made = made && n.first > f.goal.round
		}
	}
	if made {
		f.caught = f.goal.gone
	}
}

// settled is the number up to which every change is in a copy at p.
func settled(p storage.Place) int64 {
	for _, o := range p.Open {
		p.Seq = min(p.Seq, o.Seq-1)
	}
	return p.Seq
}

// due are some of the pending people who share a lock, each as if it had been
// named now, after all that is going to be taken over.
func (f *follower) due(lock int) map[models.PersonID]naming {
	f.mu.Lock()
	defer f.mu.Unlock()
	some := make(map[models.PersonID]naming)
	now := naming{since: time.Now(), held: settled(f.place)}
	for p, n := range f.pending[lock] {
		now.first, now.last = n.last+1, n.last
		if some[p] = now; len(some) == followBatch {
			break
		}
	}
	return some
}

// done takes those off who were not named again meanwhile; the others stay, for
// what they were named for since.
func (f *follower) done(lock int, people map[models.PersonID]naming) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for p, taken := range people {
		n, there := f.pending[lock][p]
		if there && n.last == taken.last {
			delete(f.pending[lock], p)
		} else if there {
			taken.last = n.last
			f.pending[lock][p] = taken
		}
	}
	f.count()
}

// waiting are the locks of which somebody is pending.
func (f *follower) waiting() (locks []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, all := range f.pending {
		if len(all) > 0 {
			locks = append(locks, i)
		}
	}
	return locks
}

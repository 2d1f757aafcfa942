package postgres

import (
	"crypto/sha256"
	"encoding/hex"

	"oblik/models"
	"oblik/storage"
)

// window is how many numbers up to a place's are compared with those that were
// there when the copy was brought to it. One would not do: where a server is
// lost and another goes on that lacks the last commits, a change that lacks may
// have a lower number than one that is there. It is beyond how many are
// committed at one moment.
const window = 128

// mostOpen bounds the numbers of a place that are not known to be dead.
const mostOpen = 10_000

// change is a row of changes.
type change struct {
	seq    int64
	mark   [16]byte
	person models.PersonID // empty if it is our own
}

// changes are some by number.
type changes []change

// newest is the last one's number; 0 for none.
func (c changes) newest() int64 {
	if len(c) == 0 {
		return 0
	}
	return c[len(c)-1].seq
}

// mark is made of the marks of those in the window before the last.
func (c changes) mark() string {
	h := sha256.New()
	for _, one := range c {
		if one.seq > c.newest()-window {
			h.Write(one.mark[:])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// reading is what was read at one moment.
type reading struct {
	changes changes
	ended   uint64 // all transactions below this one had
}

// known are the changes that a copy at place has, as far as they were read.
func (r reading) known(place storage.Place) changes { return r.filter(place, true) }

// news are those that it has not.
func (r reading) news(place storage.Place) changes { return r.filter(place, false) }

func (r reading) filter(place storage.Place, known bool) (some changes) {
	open := map[int64]bool{}
	for _, o := range place.Open {
		open[o.Seq] = true
	}
	for _, c := range r.changes {
		if known == (c.seq <= place.Seq && !open[c.seq]) {
			some = append(some, c)
		}
	}
	return some
}

// stillOpen are those of place that have not appeared and may do so yet.
func (r reading) stillOpen(place storage.Place) (open []storage.Open) {
	there := map[int64]bool{}
	for _, c := range r.changes {
		there[c.seq] = true
	}
	for _, o := range place.Open {
		if !there[o.Seq] && o.Before > r.ended {
			open = append(open, o)
		}
	}
	return open
}

// last is the place of the last one, with nothing open.
func (r reading) last() storage.Place {
	return storage.Place{Seq: r.changes.newest(), Mark: r.changes.mark()}
}

// missing are the numbers after one and before the last that were not read; not
// ok if there are more than limit.
func (r reading) missing(after int64, limit int) (numbers []int64, ok bool) {
	for _, c := range r.changes {
		if c.seq <= after {
			continue
		}
		if c.seq-after-1 > int64(limit-len(numbers)) {
			return nil, false
		}
		for after++; after < c.seq; after++ {
			numbers = append(numbers, after)
		}
	}
	return numbers, true
}

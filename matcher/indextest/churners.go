package indextest

import (
	"fmt"
	"math/rand/v2"

	"oblik/models"
)

func (c *churn) fault(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.faults.CompareAndSwap(nil, &text)
}

// change goes on until the searches are over. Of two of it each has its own
// guests and people who stay.
func (c *churn) change(r *rand.Rand, parity int, crowd []models.Entry) {
	for !c.over.Load() {
		at := 2*r.IntN(len(c.guest)/2) + parity
		var err error
		switch g, s := c.guest[at], c.stayer[at]; r.IntN(4) {
		case 0:
			err = c.invite(r, g)
		case 1:
			err = c.x.Replace(s.id, s.entries(r)...)
		case 2:
			err = c.x.Put(s.entries(r)[0]) // it is there already: put again in its place
		case 3:
			one := crowd[2*r.IntN(len(crowd)/2)+parity]
			if err = c.x.Remove(one.Key); err == nil { // another row moves into the gap
				err = c.x.Put(one)
			}
		}
		if err != nil {
			c.fault("a change: %v", err)
		}
	}
}

// invite lets a guest come or go.
func (c *churn) invite(r *rand.Rand, g subject) error {
	list := g.entries(r)
	if g.state.Add(1)%4 == 1 {
		defer g.state.Add(1)
		return c.x.Put(list...)
	}
	defer g.state.Add(1)
	if r.IntN(2) == 0 {
		return c.x.Replace(g.id)
	}
	var keys []models.EncounterKey
	for i := range 3 {
		keys = append(keys, models.EncounterKey{Person: g.id, Encounter: models.EncounterID(fmt.Sprint(i))})
	}
	return c.x.Remove(keys...)
}

// search goes on until so many guests who were away have been looked for.
func (c *churn) search(r *rand.Rand, checks int64) {
	for c.away.Load() < checks && c.faults.Load() == nil {
		o := models.SearchOptions{Gallery: "subjects", Threshold: 30, Max: 1 + r.IntN(5)}
		switch r.IntN(10) {
		case 0:
			o.Gallery = models.AllGalleries
		case 1:
			o.Gallery = "all"
		}
		c.searches.Add(1)
		if r.IntN(4) > 0 {
			c.lookForGuest(c.guest[r.IntN(len(c.guest))], o)
			continue
		}
		s := c.stayer[r.IntN(len(c.stayer))]
		if n := c.count(s, o); n != 1 {
			c.fault("%s is there throughout and was found %d times, %+v", s.id, n, o)
		}
	}
}

func (c *churn) lookForGuest(g subject, o models.SearchOptions) {
	before := g.state.Load()
	n := c.count(g, o)
	if g.state.Load() != before {
		return // came or went meanwhile
	}
	switch before % 4 {
	case 0:
		c.away.Add(1)
		if n != 0 {
			c.fault("%s was removed before and found %d times, %+v", g.id, n, o)
		}
	case 2:
		if n != 1 {
			c.fault("%s was put before and found %d times, %+v", g.id, n, o)
		}
	}
}

// count is how often a person is among the candidates for the own face.
func (c *churn) count(s subject, o models.SearchOptions) (n int) {
	list, err := search(c.x, s.probe, o)
	if err != nil {
		c.fault("a search: %v", err)
	}
	for _, found := range list {
		if found.Person == s.id {
			n++
		}
	}
	return n
}

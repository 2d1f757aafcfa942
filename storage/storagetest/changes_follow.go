package storagetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// What is followed: so many writers make so many changes each, to few people.
const (
	writers       = 8
	changesOfEach = 250
)

// changesFollowed: a copy that is begun while others write, and kept up by what
// After names alone, is in the end what is stored. Whoever writes rests at times,
// and so does who follows, so that they meet at every moment.
func changesFollowed(t *testing.T, s Stores) {
	reader := s.Beside(t)
	var wg sync.WaitGroup
	for writer := range writers {
		wg.Go(func() {
			for i := range changesOfEach {
				scribble(t, s, fmt.Sprintf("e%d-%d", writer, i))
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()

	c := follow(t, reader)
	named, over := 0, false
	for !over {
		select {
		case <-done:
			over = true // one more time to the end
		default:
		}
		named += c.catchUp(t, reader)
		rest(3 * time.Millisecond)
	}
	c.compare(t, s)
	t.Logf("%d changes, and people were read anew %d times", writers*changesOfEach, named)
}

// scribble makes some change, which may be refused.
func scribble(t testing.TB, s Stores, encounter string) {
	person := func() string { return fmt.Sprint("p", rand.IntN(12)) } // #nosec G404 -- chance, no secret
	one, other := person(), person()
	var err error
	switch rand.IntN(8) { // #nosec G404 -- as above
	case 0:
		err = erasePerson(s, models.PersonID(one))
	case 1:
		err = merge(s, models.PersonID(one), models.PersonID(other))
	default:
		err = create(s, record(one, encounter))
	}
	if kind := models.KindOf(err); err != nil && kind != models.NotFound && kind != models.Conflict {
		t.Error(err)
	}
	rest(2 * time.Millisecond)
}

func rest(most time.Duration) { time.Sleep(rand.N(most)) } // #nosec G404 -- as above

// mirror is a copy of all entries, by person.
type mirror struct {
	place   storage.Place
	entries map[models.PersonID][]models.Entry
}

func follow(t testing.TB, s Stores) *mirror {
	c := &mirror{place: head(t, s), entries: map[models.PersonID][]models.Entry{}}
	Must(t, s.Encounters.Scan(context.Background(), func(e models.Entry) error {
		c.entries[e.Key.Person] = append(c.entries[e.Key.Person], e)
		return nil
	}))
	return c
}

// catchUp reads until nobody is named, and gives how many were.
func (c *mirror) catchUp(t testing.TB, s Stores) (named int) {
	for {
		people, next, err := s.Changes.After(context.Background(), c.place)
		Must(t, err)
		c.place = next
		if len(people) == 0 {
			return named
		}
		named += len(people)
		found, err := s.Changes.Entries(context.Background(), people...)
		Must(t, err)
		for _, person := range people {
			delete(c.entries, person)
		}
		for _, e := range found {
			c.entries[e.Key.Person] = append(c.entries[e.Key.Person], e)
		}
	}
}

// compare checks that the copy is what a scan gives.
func (c *mirror) compare(t testing.TB, s Stores) {
	t.Helper()
	var have, want []models.Entry
	for _, entries := range c.entries {
		have = append(have, entries...)
	}
	Must(t, s.Encounters.Scan(context.Background(), func(e models.Entry) error { want = append(want, e); return nil }))
	if h, w := lines(have), lines(want); !slices.Equal(h, w) {
		t.Errorf("the copy has %d entries of %d:\n%s\nwant\n%s", len(h), len(w), strings.Join(h, "\n"), strings.Join(w, "\n"))
	}
}

package indextest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"oblik/matcher"
	"oblik/models"
)

// churn is an index that changes all the time. Some people are always there,
// though what is kept of them is replaced; others come and go. A crowd around
// them moves.
type churn struct {
	x              matcher.Index
	stayer         []subject
	guest          []subject
	over           atomic.Bool
	searches, away atomic.Int64 // away: those for a guest who was
	faults         atomic.Pointer[string]
}

// subject is a person with a face. Of a guest, state counts up: 0 away,
// 1 coming, 2 there, 3 going, 4 away again, ...
type subject struct {
	id    models.PersonID
	probe models.Template
	state *atomic.Uint64
}

const (
	churnDim   = 16
	churnCrowd = 36_000 // enough that searches share passes
)

// RunChurn searches an index while it changes: whoever is there throughout
// is found, once, and whoever was removed before a search is not.
func RunChurn(t *testing.T, open Open) {
	r := rand.New(rand.NewPCG(6, 6)) //nolint:gosec // a test's dice
	c := &churn{x: open(t, Format(churnDim), Scale(t))}
	var crowd []models.Entry
	for i := range churnCrowd {
		crowd = append(crowd, inGalleries(one(fmt.Sprint("crowd", i), "1", encode("suite", Unit(r, churnDim))), "all", models.GalleryID(fmt.Sprint("g", i%50))))
	}
	must(t, c.x.Put(crowd...))
	for i := range 64 {
		c.stayer = append(c.stayer, newSubject(r, "stayer", i))
		must(t, c.x.Put(c.stayer[i].entries(r)...))
		c.guest = append(c.guest, newSubject(r, "guest", i))
	}
	var changing, searching sync.WaitGroup
	for i := range 2 {
		changing.Go(func() { c.change(rand.New(rand.NewPCG(8, uint64(i))), i, crowd) }) //nolint:gosec // a test's dice
	}
	for i := range 4 {
		searching.Go(func() { c.search(rand.New(rand.NewPCG(7, uint64(i))), churnChecks) }) //nolint:gosec // a test's dice
	}
	searching.Wait()
	c.over.Store(true)
	changing.Wait()
	if fault := c.faults.Load(); fault != nil {
		t.Fatal(*fault)
	}
	t.Logf("%d searches, %d of them for somebody who had been removed", c.searches.Load(), c.away.Load())
}

func newSubject(r *rand.Rand, kind string, i int) subject {
	return subject{models.PersonID(fmt.Sprint(kind, i)), encode("suite", Unit(r, churnDim)), new(atomic.Uint64)}
}

// entries are 1 to 3 encounters of a person, each with the very template.
func (s subject) entries(r *rand.Rand) (list []models.Entry) {
	for i := range 1 + r.IntN(3) {
		list = append(list, inGalleries(one(string(s.id), fmt.Sprint(i), s.probe), "all", "subjects"))
	}
	return list
}

func inGalleries(e models.Entry, galleries ...models.GalleryID) models.Entry {
	e.Galleries = galleries
	return e
}

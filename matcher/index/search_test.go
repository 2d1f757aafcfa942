package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"oblik/matcher/indextest"
	"oblik/models"
)

// An option that leaves nobody out leaves nobody out, whatever is on record: no
// person's id is empty and no gallery is called ALL, but the index asks nobody.
func TestNobodyIsLeftOut(t *testing.T) {
	x, err := New(indextest.Format(128), indextest.Scale(t))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Reset()
	x.sets.own = maxOwn // those that come share their partitions
	r := rand.New(rand.NewPCG(1, 1))
	a, b := someone(t, r, 1), someone(t, r, 2)
	a.Key.Person, a.Galleries = "", []models.GalleryID{"g"}
	b.Galleries = []models.GalleryID{models.AllGalleries}
	if err := x.Put(a, b); err != nil {
		t.Fatal(err)
	}
	list, err := x.Search(context.Background(), a.Templates[0], top10)
	if err != nil || len(list) != 2 || list[0].Person != "" || list[1].Person != b.Key.Person {
		t.Errorf("%v, %v, want both", list, err)
	}
}

// meddling is a context that a change is made by whenever a search asks whether
// it has ended, unless the search keeps changes out.
type meddling struct {
	context.Context
	x      *Index
	change func()
}

func (m meddling) Err() error {
	if m.x.mu.TryLock() {
		m.x.mu.Unlock()
		m.change()
	}
	return nil
}

// More changes than a search can make up for, again and again: at last it keeps
// them out, and its answer is that of the last one.
func TestLastAttemptKeepsChangesOut(t *testing.T) {
	x := register(t, 100)
	defer x.Reset()
	e := someone(t, rand.New(rand.NewPCG(1, 1)), 200)
	const many = ringSize/2 + 1 // each is two: one row comes, another moves
	made := 0
	ctx := meddling{context.Background(), x, func() {
		for range many {
			made++
			e.Key.Encounter = models.EncounterID(fmt.Sprint(made))
			if err := x.Replace(e.Key.Person, e); err != nil {
				t.Fatal(err)
			}
		}
	}}
	list, err := x.Search(ctx, e.Templates[0], top10)
	want := models.EncounterID(fmt.Sprint(made - many)) // after it the search asked once more
	if err != nil || len(list) != 10 || list[0].Encounter != want || made < attempts*many {
		t.Errorf("%v, %v after %d changes", list, err, made)
	}
}

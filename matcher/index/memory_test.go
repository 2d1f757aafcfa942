package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"oblik/matcher/indextest"
	"oblik/models"
)

// Memory follows what is held, down as well as up.
func TestMemoryComesBack(t *testing.T) {
	const people = 60_000
	x := register(t, people)
	full := x.Stats().Mapped
	r := rand.New(rand.NewPCG(9, people))
	for i := range people {
		if err := x.Remove(someone(t, r, i).Key); err != nil {
			t.Fatal(err)
		}
		if i == people*9/10 {
			if now := x.Stats().Mapped; now > full*4/10 {
				t.Errorf("%d bytes are mapped for a tenth of the people, %d for all", now, full)
			}
		}
	}
	if s := x.Stats(); s != (Stats{}) {
		t.Errorf("nobody is left, and %+v", s)
	}
	if n := len(x.sets.galleries) + len(x.sets.byKey) + len(x.aside); n != 0 {
		t.Errorf("%d galleries, sets and bytes aside are left", n)
	}
}

// A gallery for each person: beyond a bound they share partitions, and a
// search of one finds its own people only.
func TestManyGalleries(t *testing.T) {
	x, err := New(indextest.Format(128), indextest.Scale(t))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Reset()
	const people = maxOwn + 500
	entry := func(r *rand.Rand, i int) models.Entry {
		e := someone(t, r, i)
		e.Galleries = []models.GalleryID{models.GalleryID(fmt.Sprint("of", i)), models.GalleryID(fmt.Sprint("every", i%2))}
		return e
	}
	r := rand.New(rand.NewPCG(1, 1))
	var all []models.Entry
	for i := range people {
		all = append(all, entry(r, i))
	}
	if err := x.Put(all...); err != nil {
		t.Fatal(err)
	}
	if s := x.Stats(); s.Partitions > maxOwn+5 || x.sets.own != maxOwn {
		t.Errorf("%d partitions for %d sets of their own", s.Partitions, x.sets.own)
	}
	for _, i := range []int{0, 1, maxOwn - 1, maxOwn, people - 1} {
		for _, g := range all[i].Galleries {
			o := models.SearchOptions{Gallery: g, Max: 5, Threshold: 20}
			list, err := x.Search(context.Background(), all[i].Templates[0], o)
			if err != nil || len(list) != 1 || list[0].Person != all[i].Key.Person {
				t.Errorf("person %d in %s: %v, %v", i, g, list, err)
			}
			o.Gallery = all[(i+1)%people].Galleries[0]
			if list, err := x.Search(context.Background(), all[i].Templates[0], o); err != nil || len(list) != 0 {
				t.Errorf("person %d in %s: %v, %v", i, o.Gallery, list, err)
			}
		}
	}
	for _, e := range all[:1000] { // their sets end, and others may have partitions
		if err := x.Remove(e.Key); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Put(entry(r, people)); err != nil {
		t.Fatal(err)
	}
	if x.sets.own != maxOwn-1000+1 {
		t.Errorf("%d sets have their own partitions", x.sets.own)
	}
}

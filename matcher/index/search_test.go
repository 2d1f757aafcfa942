package index

import (
	"context"
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

package indextest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"oblik/models"
)

func one(person, encounter string, templates ...models.Template) models.Entry {
	return models.Entry{
		Key:    models.EncounterKey{Person: models.PersonID(person), Encounter: models.EncounterID(encounter)},
		Status: models.Active, Templates: templates,
	}
}

func refuses(t *testing.T, open Open) {
	x := open(t, Format(16), Scale(t))
	v := append([]float32{1}, make([]float32, 15)...)
	all := models.SearchOptions{Gallery: models.AllGalleries, Max: 1}
	if _, err := search(x, encode("other", v), all); models.KindOf(err) != models.Mismatch {
		t.Errorf("a probe of another format: %v", err)
	}
	if _, err := search(x, damagedTemplate(16), all); models.KindOf(err) != models.Integrity {
		t.Errorf("a damaged probe: %v", err)
	}
	for _, n := range []int{0, -1, models.MaxCandidates + 1} {
		o := all
		o.Max = n
		if _, err := search(x, encode("suite", v), o); models.KindOf(err) != models.Invalid {
			t.Errorf("%d candidates: %v", n, err)
		}
	}
}

func ended(t *testing.T, open Open) {
	x := open(t, Format(16), Scale(t))
	v := encode("suite", append([]float32{1}, make([]float32, 15)...))
	must(t, x.Put(one("a", "1", v)))
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := x.Search(over, v, models.SearchOptions{Gallery: models.AllGalleries, Max: 1}); models.KindOf(err) != models.Deadline {
		t.Errorf("an ended search: %v", err)
	}
}

// equals searches 10,000 equal templates, and the same nearly equal: all of
// them are among the best, and only the ids tell which come first.
func equals(t *testing.T, open Open) {
	r := rand.New(rand.NewPCG(2, 3)) //nolint:gosec // a test's dice
	scale := Scale(t)
	face := Unit(r, 128)
	probe := encode("suite", Near(r, face, 0.1))
	for _, noise := range []float64{0, 1e-3} {
		x, m := open(t, Format(128), scale), newModel(scale)
		var list []models.Entry
		for i := range 10_000 {
			list = append(list, one(fmt.Sprint("p", i*7919%10_000), fmt.Sprint(i%3), encode("suite", Near(r, face, noise))))
		}
		must(t, x.Put(list...))
		m.put(list...)
		for _, n := range []int{1, 10, 1000} {
			m.check(t, x, probe, models.SearchOptions{Gallery: models.AllGalleries, Max: n, Threshold: 10})
		}
	}
}

// likeBruteForce is 1,000 searches among 50,000 templates.
func likeBruteForce(t *testing.T, open Open) {
	x := open(t, Format(128), Scale(t))
	known := bruteForce()
	must(t, x.Put(known.entries...))
	for i, look := range known.looks {
		got, err := search(x, look.probe, look.options)
		must(t, err)
		if err := Same(got, look.want); err != nil {
			t.Fatalf("probe %d: %v", i, err)
		}
	}
}

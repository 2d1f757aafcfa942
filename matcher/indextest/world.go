package indextest

import (
	"fmt"
	"math/rand/v2"

	"pgregory.net/rapid"

	"oblik/models"
)

// world is the few people, galleries and faces that random changes are made with.
type world struct {
	dim       int
	r         *rand.Rand
	faces     [][]float32
	people    []models.PersonID
	galleries []models.GalleryID
}

func newWorld(t *rapid.T, dim int) *world {
	w := &world{
		dim: dim, r: rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed"))), //nolint:gosec // a test's dice
		galleries: []models.GalleryID{"g", "h", "i", "a-gallery-of-one"},
	}
	for i := range 12 {
		w.faces = append(w.faces, Unit(w.r, dim))
		id := models.PersonID(fmt.Sprint("p", i))
		switch i % 4 {
		case 1:
			id = models.PersonID(fmt.Sprintf("%08x-1234-4abc-8def-00112233445%x", i, i))
		case 2:
			id = models.PersonID(fmt.Sprintf("%08X-1234-4ABC-8DEF-00112233445%X", i, i))
		case 3:
			id = models.PersonID(fmt.Sprintf("%0128d", i))
		}
		w.people = append(w.people, id)
	}
	return w
}

// template is of one of the faces, exactly or nearly, of a new one, or of one
// whose components differ so much that they take another class of codes.
func (w *world) template() models.Template {
	face := w.faces[w.r.IntN(len(w.faces))]
	switch w.r.IntN(6) {
	case 0:
		face = Unit(w.r, w.dim)
	case 1:
		face = make([]float32, w.dim)
		face[w.r.IntN(w.dim)] = 1
		face[w.r.IntN(w.dim)] += 1e-4
	case 2, 3:
		face = Near(w.r, face, 0.1)
	}
	weights := "suite"
	if w.r.IntN(12) == 0 {
		weights = "earlier"
	}
	return encode(weights, face)
}

func (w *world) key(t *rapid.T) models.EncounterKey {
	return models.EncounterKey{
		Person:    rapid.SampledFrom(w.people).Draw(t, "person"),
		Encounter: models.EncounterID(fmt.Sprint("e", rapid.IntRange(0, 3).Draw(t, "encounter"))),
	}
}

func (w *world) entry(t *rapid.T) models.Entry {
	e := models.Entry{Key: w.key(t), Status: models.Active}
	if rapid.IntRange(0, 4).Draw(t, "inactive") == 0 {
		e.Status = models.Inactive
	}
	w.r.Shuffle(len(w.galleries), func(i, j int) { w.galleries[i], w.galleries[j] = w.galleries[j], w.galleries[i] })
	e.Galleries = append(e.Galleries, w.galleries[:rapid.IntRange(0, 3).Draw(t, "galleries")]...)
	for range rapid.IntRange(0, 3).Draw(t, "templates") {
		e.Templates = append(e.Templates, w.template())
	}
	return e
}

func (w *world) entries(t *rapid.T) (list []models.Entry) {
	for range rapid.IntRange(1, 40).Draw(t, "entries") {
		list = append(list, w.entry(t))
	}
	return list
}

// ofOne are up to 3 entries of one person, two of which may have one key.
func (w *world) ofOne(t *rapid.T) (models.PersonID, []models.Entry) {
	person := w.key(t).Person
	var list []models.Entry
	for range rapid.IntRange(0, 3).Draw(t, "replacing") {
		e := w.entry(t)
		e.Key.Person = person
		list = append(list, e)
	}
	return person, list
}

// probe calls f with a few probes and options.
func (w *world) probe(t *rapid.T, f func(models.Template, models.SearchOptions)) {
	for range 2 {
		o := models.SearchOptions{Gallery: models.AllGalleries, Max: 1 + w.r.IntN(6), Threshold: float64(w.r.IntN(90) - 10)}
		if w.r.IntN(2) == 0 {
			o.Gallery = w.galleries[w.r.IntN(len(w.galleries))]
		}
		if w.r.IntN(3) == 0 {
			o.Exclude = w.key(t).Person
		}
		f(encode("suite", Near(w.r, w.faces[w.r.IntN(len(w.faces))], 0.05)), o)
	}
}

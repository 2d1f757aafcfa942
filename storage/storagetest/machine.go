package storagetest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"oblik/models"
	"oblik/storage"
)

// model is what the stores should hold: a map.
type model struct {
	stores  Stores
	records map[models.EncounterKey]storage.Record
	pending []string
}

// machine takes random steps over few persons, encounters and galleries, so
// that they meet often, and compares each answer with the map's. The stores are
// emptied between runs, not opened anew: a run starts on what others left in
// the files.
func machine(t *testing.T, open Open) {
	stores := open(t)
	rapid.Check(t, func(t *rapid.T) {
		m := &model{stores: stores, records: map[models.EncounterKey]storage.Record{}}
		t.Repeat(map[string]func(*rapid.T){
			"create":       m.create,
			"read":         m.read,
			"readAll":      m.readAll,
			"delete":       m.delete,
			"deletePerson": m.deletePerson,
			"templates":    m.templates,
			"done":         m.done,
			"":             m.whole,
		})
		for _, person := range m.persons() {
			m.erase(t, person)
		}
		for len(m.pending) > 0 {
			m.done(t)
		}
		m.whole(t)
	})
}

func drawKey(t *rapid.T) models.EncounterKey {
	return models.EncounterKey{
		Person:    models.PersonID(rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(t, "person")),
		Encounter: models.EncounterID(rapid.SampledFrom([]string{"e1", "e2", "e3"}).Draw(t, "encounter")),
	}
}

func drawGallery(t *rapid.T) models.GalleryID {
	return rapid.SampledFrom([]models.GalleryID{"g1", "g2", "g3"}).Draw(t, "gallery")
}

// whole compares what is seen of all at once, after every step.
func (m *model) whole(t *rapid.T) {
	wantScan(t, m.stores, slices.Collect(maps.Values(m.records)))
	galleries := map[models.GalleryID]bool{}
	for _, r := range m.records {
		for _, g := range r.Encounter.Galleries {
			galleries[g] = true
		}
	}
	wantGalleries(t, m.stores, slices.Sorted(maps.Keys(galleries))...)
	wantPending(t, m.stores, m.pending)
}

func (m *model) forget(key models.EncounterKey) {
	for _, s := range m.records[key].Samples {
		if s.Image != nil {
			m.pending = append(m.pending, s.Image.Key)
		}
	}
	delete(m.records, key)
}

func (m *model) keys(person models.PersonID) (keys []models.EncounterKey) {
	for key := range m.records {
		if key.Person == person {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b models.EncounterKey) int {
		return strings.Compare(string(a.Encounter), string(b.Encounter))
	})
	return keys
}

func (m *model) persons() []models.PersonID {
	set := map[models.PersonID]bool{}
	for key := range m.records {
		set[key.Person] = true
	}
	return slices.Sorted(maps.Keys(set))
}

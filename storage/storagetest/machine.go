package storagetest

import (
	"context"
	"fmt"
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

func (m *model) create(t *rapid.T) {
	key := drawKey(t)
	r := record(string(key.Person), string(key.Encounter),
		rapid.SliceOfNDistinct(rapid.Custom(drawGallery), 1, 3, rapid.ID).Draw(t, "galleries")...)
	r.Encounter.Status = rapid.SampledFrom([]models.Status{models.Active, models.Inactive}).Draw(t, "status")
	r.Encounter.Biographic = rapid.SliceOfN(rapid.Byte(), 1, 3000).Draw(t, "biographic")
	r.Samples = nil
	for range rapid.IntRange(0, 3).Draw(t, "samples") {
		s := storage.StoredSample{Modality: models.Face}
		if rapid.Bool().Draw(t, "template") {
			s.Template = template("w", rapid.IntRange(1, 400).Draw(t, "size"))
		}
		if rapid.Bool().Draw(t, "image") {
			s.Image = &models.ImageRef{Key: fmt.Sprintf("%x", random(16)), Length: 1}
		}
		r.Samples = append(r.Samples, s)
	}
	err := m.stores.Encounters.Create(context.Background(), r)
	if _, taken := m.records[key]; taken {
		wantKind(t, err, models.Conflict)
		return
	}
	must(t, err)
	m.records[key] = r
}

func (m *model) read(t *rapid.T) {
	key := drawKey(t)
	got, err := m.stores.Encounters.Read(context.Background(), key)
	m.compare(t, key, got, err)
}

func (m *model) compare(t *rapid.T, key models.EncounterKey, got storage.Record, err error) {
	want, found := m.records[key]
	if !found {
		wantKind(t, err, models.NotFound)
		return
	}
	must(t, err)
	equal(t, got, want)
}

func (m *model) readAll(t *rapid.T) {
	person := drawKey(t).Person
	all, err := m.stores.Encounters.ReadAll(context.Background(), person)
	keys := m.keys(person)
	if len(keys) == 0 {
		wantKind(t, err, models.NotFound)
		return
	}
	must(t, err)
	if len(all) != len(keys) {
		t.Fatalf("%d encounters, want %d", len(all), len(keys))
	}
	for i, key := range keys {
		m.compare(t, key, all[i], nil)
	}
}

func (m *model) delete(t *rapid.T) {
	key := drawKey(t)
	err := m.stores.Encounters.Delete(context.Background(), key)
	if _, found := m.records[key]; !found {
		wantKind(t, err, models.NotFound)
		return
	}
	must(t, err)
	m.forget(key)
}

func (m *model) deletePerson(t *rapid.T) { m.erase(t, drawKey(t).Person) }

func (m *model) erase(t *rapid.T, person models.PersonID) {
	got, err := m.stores.Encounters.DeletePerson(context.Background(), person)
	want := m.keys(person)
	if len(want) == 0 {
		wantKind(t, err, models.NotFound)
		return
	}
	must(t, err)
	if !slices.Equal(got, want) {
		t.Fatalf("deleted %v, want %v", got, want)
	}
	for _, key := range want {
		m.forget(key)
	}
}

func (m *model) forget(key models.EncounterKey) {
	for _, s := range m.records[key].Samples {
		if s.Image != nil {
			m.pending = append(m.pending, s.Image.Key)
		}
	}
	delete(m.records, key)
}

func (m *model) templates(t *rapid.T) {
	person, gallery := drawKey(t).Person, drawGallery(t)
	if rapid.Bool().Draw(t, "all") {
		gallery = models.AllGalleries
	}
	got, err := m.stores.Encounters.Templates(context.Background(), person, gallery)
	known := false
	var want []storage.Record
	for _, key := range m.keys(person) {
		r := m.records[key]
		if gallery != models.AllGalleries && !slices.Contains(r.Encounter.Galleries, gallery) {
			continue
		}
		known = true
		if r.Encounter.Status == models.Active && len(entry(r).Templates) > 0 {
			want = append(want, r)
		}
	}
	if !known {
		wantKind(t, err, models.NotFound)
		return
	}
	must(t, err)
	wantEntries(t, got, want)
}

func (m *model) done(t *rapid.T) {
	if len(m.pending) == 0 {
		return
	}
	i := rapid.IntRange(0, len(m.pending)-1).Draw(t, "done")
	must(t, m.stores.Outbox.Done(context.Background(), m.pending[i]))
	m.pending = slices.Delete(m.pending, i, i+1)
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

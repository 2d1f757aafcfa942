package storagetest

import (
	"context"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"oblik/models"
	"oblik/storage"
)

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
	err := m.stores.Encounters.DeletePerson(context.Background(), person)
	want := m.keys(person)
	if len(want) == 0 {
		wantKind(t, err, models.NotFound)
		return
	}
	must(t, err)
	for _, key := range want {
		m.forget(key)
	}
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

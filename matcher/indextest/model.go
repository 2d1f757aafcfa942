package indextest

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"oblik/matcher"
	"oblik/models"
)

// Model is the search as its definition says it: everyone is compared.
type model struct {
	scale   *matcher.Calibration
	entries map[models.EncounterKey]models.Entry
}

func newModel(scale *matcher.Calibration) *model {
	return &model{scale: scale, entries: make(map[models.EncounterKey]models.Entry)}
}

func (m *model) put(list ...models.Entry) {
	for _, e := range list {
		m.entries[e.Key] = e
	}
}

func (m *model) remove(keys ...models.EncounterKey) {
	for _, k := range keys {
		delete(m.entries, k)
	}
}

func (m *model) replace(person models.PersonID, list ...models.Entry) {
	maps.DeleteFunc(m.entries, func(k models.EncounterKey, _ models.Entry) bool { return k.Person == person })
	m.put(list...)
}

func (m *model) reset() { clear(m.entries) }

// search compares the probe with all templates of its format.
func (m *model) search(t rapid.TB, probe models.Template, o models.SearchOptions) []models.Candidate {
	p, err := matcher.Vector(probe)
	must(t, err)
	best := make(map[models.PersonID]models.Candidate)
	n := 0
	for key, e := range m.entries {
		in := o.Gallery == models.AllGalleries || slices.Contains(e.Galleries, o.Gallery)
		if !in || e.Status != models.Active || (o.Exclude != "" && key.Person == o.Exclude) {
			continue
		}
		for _, x := range e.Templates {
			if x.Format != probe.Format {
				continue
			}
			n++
			v, err := matcher.Vector(x)
			must(t, err)
			c := models.Candidate{Person: key.Person, Encounter: key.Encounter, Galleries: e.Galleries, Score: m.scale.Score(matcher.Dot(p, v))}
			have, ok := best[key.Person]
			if !ok || c.Score.Similarity > have.Score.Similarity ||
				c.Score.Similarity == have.Score.Similarity && c.Encounter < have.Encounter {
				best[key.Person] = c
			}
		}
	}
	var list []models.Candidate
	for _, c := range best {
		if c.Score = c.Score.Less(n); c.Score.Value >= o.Threshold {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, matcher.ByRank)
	return list[:min(len(list), o.Max)]
}

// check compares an index with the model.
func (m *model) check(t rapid.TB, x matcher.Index, probe models.Template, o models.SearchOptions) {
	t.Helper()
	got, err := search(x, probe, o)
	must(t, err)
	if err := Same(got, m.search(t, probe, o)); err != nil {
		t.Fatalf("%+v among %d: %v", o, len(m.entries), err)
	}
	if x.Len() != len(m.entries) {
		t.Fatalf("Len is %d, want %d", x.Len(), len(m.entries))
	}
}

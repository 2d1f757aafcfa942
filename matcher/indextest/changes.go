package indextest

import (
	"pgregory.net/rapid"

	"oblik/matcher"
	"oblik/models"
)

// change makes one change to an index and to the model.
func (w *world) change(r *rapid.T, x matcher.Index, m *model) {
	switch kind := rapid.IntRange(0, 19).Draw(r, "kind"); {
	case kind < 8:
		list := w.entries(r)
		must(r, x.Put(list...))
		m.put(list...)
	case kind < 13:
		keys := []models.EncounterKey{w.key(r), w.key(r)}
		must(r, x.Remove(keys...))
		m.remove(keys...)
	case kind < 18:
		person, list := w.ofOne(r)
		must(r, x.Replace(person, list...))
		m.replace(person, list...)
	case kind < 19:
		w.damage(r, x)
	case rapid.IntRange(0, 4).Draw(r, "reset") == 0:
		x.Reset()
		m.reset()
	}
}

// damage tries to put a damaged template, which must change nothing.
func (w *world) damage(r *rapid.T, x matcher.Index) {
	list := w.entries(r)
	last := len(list) - 1
	list[last].Templates = []models.Template{damagedTemplate(w.dim)}
	if err := x.Put(list...); models.KindOf(err) != models.Integrity {
		r.Fatalf("a damaged template was put: %v", err)
	}
	if err := x.Replace(list[last].Key.Person, list[last]); models.KindOf(err) != models.Integrity {
		r.Fatalf("a damaged template replaced a person's: %v", err)
	}
}

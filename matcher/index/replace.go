package index

import (
	"maps"
	"slices"

	"oblik/models"
)

// Replace implements [matcher.Index].
func (x *Index) Replace(person models.PersonID, list ...models.Entry) error {
	latest := make(map[models.EncounterID]models.Entry, len(list)) // of two with one key the later one counts
	for _, e := range list {
		if e.Key.Person != person {
			return models.Errorf("index", models.Invalid, "an entry of another person")
		}
		latest[e.Key.Encounter] = e
	}
	changes, err := x.prepare(slices.Collect(maps.Values(latest)))
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.reserve(changes); err != nil {
		return err
	}
	old := x.entries.of(person)
	for _, c := range changes {
		x.add(c)
	}
	if len(old) > 0 {
		after := x.entries.last(old[0]) // of the new; that each is looked for among them would cost their number squared
		for _, first := range old {
			x.drop(first, after)
		}
	}
	return nil
}

// reserve makes room for changes of one person, and each the holder of its set.
// If it succeeds nothing that follows can fail, so none is made by half.
func (x *Index) reserve(changes []change) error {
	texts, n := make([]string, 0, 2*len(changes)), 0
	for _, c := range changes {
		texts = append(texts, string(c.entry.Key.Person), string(c.entry.Key.Encounter))
		n += max(1, len(c.templates))
	}
	if err := x.ids.reserve(texts...); err != nil {
		return err
	}
	if err := x.people.reserve(); err != nil {
		return err
	}
	if err := x.entries.table.Reserve(n); err != nil {
		return err
	}
	for i := range changes {
		changes[i].set = x.sets.hold(changes[i].entry.Galleries)
	}
	if err := x.reserveRows(changes); err != nil {
		for _, c := range changes {
			x.release(c.set)
		}
		return err
	}
	return nil
}

func (x *Index) reserveRows(changes []change) error {
	need := make(map[*partition]int)
	for _, c := range changes {
		for _, t := range c.templates {
			p := x.partition(c.set, t.class)
			need[p]++
			if p.rows+need[p] > maxRows {
				return models.Errorf("index", models.Unavailable, "a partition has its %d rows", maxRows)
			}
			if err := p.reserve(x.heap, x.layout, need[p]); err != nil {
				return err
			}
		}
	}
	return nil
}

package index

import (
	"slices"

	"oblik/matcher/quant"
	"oblik/models"
)

// together is how many changes are made before searches get a turn again.
const together = 16

// Put implements [matcher.Index]. Of several entries a search may see some
// without the others. An error other than [models.Integrity] means that memory
// or an id's length is out of bounds; entries before that one are in.
func (x *Index) Put(list ...models.Entry) error {
	changes, err := x.prepare(list)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(changes, together) {
		if err := x.putSome(some); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) putSome(changes []change) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range changes {
		if err := x.put(c); err != nil {
			return err
		}
	}
	return nil
}

// put makes one change or, with an error, none. The new comes before the old
// goes, so that the room reserved is not given back in between.
func (x *Index) put(c change) error {
	changes := []change{c}
	if err := x.reserve(changes); err != nil {
		return err
	}
	old := x.entries.find(c.entry.Key)
	x.add(changes[0])
	if old != 0 {
		x.drop(old, 0)
	}
	return nil
}

// add makes an encounter's entries and rows, for which there is room.
func (x *Index) add(c change) {
	made := x.entries.add(c.entry.Key, c.set.number, len(c.templates))
	for i, t := range c.templates {
		x.addRow(made[i], c.set, t)
	}
	for _, g := range c.set.galleries {
		g.rows += len(c.templates)
	}
	x.rows += len(c.templates)
}

func (x *Index) addRow(owner uint32, s *set, t packed) {
	p := x.partition(s, t.class)
	at := place{p.number, uint32(p.rows)} //nolint:gosec // rows are bounded by reserveRows
	if len(t.high) > x.layout.high[t.class] {
		x.aside[owner] = t.high
		t.high = nil
	}
	p.append(x.layout, t, owner)
	x.entries.at(owner).place = at
	x.births.add(at)
}

// partition is where a set's rows of a class are; it is made if need be.
func (x *Index) partition(s *set, c quant.Class) *partition {
	have, owner := &x.mixed[c], (*set)(nil)
	if s.own {
		have, owner = &s.parts[c], s
	}
	if *have == nil {
		*have = &partition{class: c, set: owner}
		x.number(*have)
	}
	return *have
}

func (x *Index) number(p *partition) {
	at := slices.Index(x.parts[1:], nil) + 1
	if at == 0 {
		at = len(x.parts)
		x.parts = append(x.parts, nil)
	}
	p.number = uint32(at) //nolint:gosec // a few a set
	x.parts[at] = p
}

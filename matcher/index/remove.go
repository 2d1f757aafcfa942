package index

import (
	"slices"

	"oblik/models"
)

// Remove implements [matcher.Index].
func (x *Index) Remove(keys ...models.EncounterKey) error {
	for some := range slices.Chunk(keys, together) {
		x.removeSome(some)
	}
	return nil
}

func (x *Index) removeSome(keys []models.EncounterKey) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, k := range keys {
		if first := x.entries.find(k); first != 0 {
			x.drop(first, 0)
		}
	}
}

// drop forgets the encounter of an entry, with all its rows; after is an earlier
// entry of the person or 0.
func (x *Index) drop(first, after uint32) {
	s := x.sets.byNumber[x.entries.at(first).set]
	rows := 0
	x.entries.chain(first, func(i uint32) {
		if at := x.entries.at(i).place; at.part != 0 {
			x.dropRow(at)
			rows++
		}
		x.wipeAside(i)
	})
	for _, g := range s.galleries {
		g.rows -= rows
	}
	x.rows -= rows
	x.entries.drop(first, after)
	x.release(s)
}

// dropRow takes a row out. The one that moves into its place is born there.
func (x *Index) dropRow(at place) {
	p := x.parts[at.part]
	if moved := p.remove(x.heap, x.layout, int(at.row), x.codes); moved != 0 {
		x.entries.at(moved).place = at
		x.births.add(at)
	}
}

func (x *Index) wipeAside(owner uint32) {
	clear(x.aside[owner])
	delete(x.aside, owner)
}

// release takes an entry from a set, and the partitions from one that ends.
func (x *Index) release(s *set) {
	if x.sets.release(s); s.entries > 0 {
		return
	}
	for _, p := range s.parts {
		if p != nil {
			p.reset(x.heap)
			x.parts[p.number] = nil
		}
	}
}

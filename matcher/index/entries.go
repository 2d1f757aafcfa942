package index

import (
	"math"

	"oblik/matcher/slab"
	"oblik/models"
)

// entry is an encounter and its first template's row. Each further template
// has an entry of its own, which follows in the person's chain and names the
// first.
type entry struct {
	person uint32
	next   uint32 // of the same person
	id     idRef  // the encounter's; of a further template 0
	first  uint32 // of a further template the encounter's entry; else 0
	set    uint32
	place  place // of the row; part 0 if there is none
}

const entrySize = 28

// entries are all encounters, with each person's in a chain.
type entries struct {
	ids    *ids
	people *persons
	table  slab.Table
	held   int // encounters
}

func newEntries(ids *ids, people *persons) *entries {
	return &entries{ids: ids, people: people, table: slab.NewTable(entrySize, math.MaxUint32)}
}

func (s *entries) at(i uint32) *entry { return slab.At[entry](&s.table, i) }

// head is the entry that an entry's encounter begins with.
func (s *entries) head(i uint32) uint32 {
	if first := s.at(i).first; first != 0 {
		return first
	}
	return i
}

// encounter is the id of an entry's encounter.
func (s *entries) encounter(i uint32) models.EncounterID {
	return models.EncounterID(s.ids.text(s.at(s.head(i)).id))
}

// find is the first entry of an encounter, 0 if there is none. It costs a step
// for each entry of the person.
func (s *entries) find(key models.EncounterKey) uint32 {
	p := s.people.find(string(key.Person))
	if p == 0 {
		return 0
	}
	pool, packed := packID(string(key.Encounter))
	for i := s.people.at(p).first; i != 0; i = s.at(i).next {
		if e := s.at(i); e.first == 0 && s.ids.is(e.id, pool, packed) {
			return i
		}
	}
	return 0
}

// of is the first entry of each encounter of a person.
func (s *entries) of(id models.PersonID) (list []uint32) {
	p := s.people.find(string(id))
	if p == 0 {
		return nil
	}
	for i := s.people.at(p).first; i != 0; i = s.at(i).next {
		if s.at(i).first == 0 {
			list = append(list, i)
		}
	}
	return list
}

// add makes the entries of an encounter with n templates, without rows, and
// returns them, the encounter's first in front; there is one even without templates.
func (s *entries) add(key models.EncounterKey, set uint32, n int) []uint32 {
	p := s.people.find(string(key.Person))
	if p == 0 {
		p = s.people.add(string(key.Person))
	}
	made := make([]uint32, max(1, n))
	for i := range made {
		made[i] = s.table.New()
		*s.at(made[i]) = entry{person: p, set: set, first: made[0]}
	}
	for i, e := range made {
		if i+1 < len(made) {
			s.at(e).next = made[i+1]
		} else {
			s.at(e).next = s.people.at(p).first
		}
	}
	s.people.at(p).first = made[0]
	s.at(made[0]).first = 0
	s.at(made[0]).id = s.ids.keep(string(key.Encounter))
	s.held++
	return made
}

// last is the entry before that of a person; 0 if it is the first.
func (s *entries) last(before uint32) (i uint32) {
	for next := s.people.at(s.at(before).person).first; next != before; next = s.at(i).next {
		i = next
	}
	return i
}

// drop forgets the encounter of first and, with the last one, the person. Its
// rows must be gone. It costs a step for each entry between after, an earlier one
// of the person or 0, and first.
func (s *entries) drop(first, after uint32) {
	p := s.at(first).person
	link := &s.people.at(p).first
	if after != 0 {
		link = &s.at(after).next
	}
	for *link != first {
		link = &s.at(*link).next
	}
	s.ids.forget(s.at(first).id)
	for i := first; i != 0 && s.head(i) == first; i = *link {
		*link = s.at(i).next
		if i != first {
			s.table.Free(i)
		}
	}
	if s.people.at(p).first == 0 {
		s.people.drop(p)
	}
	s.table.Free(first)
	s.held--
}

// chain calls f for the entries of an encounter from its first on. f may not
// add or drop any.
func (s *entries) chain(first uint32, f func(i uint32)) {
	for i := first; i != 0 && s.head(i) == first; i = s.at(i).next {
		f(i)
	}
}

func (s *entries) reset() {
	s.table.Reset()
	s.held = 0
}

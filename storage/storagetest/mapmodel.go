package storagetest

import (
	"context"
	"slices"

	"oblik/models"
	"oblik/storage"
)

// state is the map a store is compared with. Its records are never changed.
type state map[models.EncounterKey]storage.Record

// answer is what a step came to.
type answer struct {
	kind    string // ok, or the error's
	records []storage.Record
	entries []string
	all     state // of a look
}

const ok = "ok"

func (s step) changes() bool {
	return slices.Contains([]string{"create", "update", "merge", "move", "delete", "deletePerson"}, s.verb)
}

// take does the step in the stores.
func (s step) take(stores Stores) (a answer) {
	ctx := context.Background()
	var err error
	switch s.verb {
	case "create":
		err = create(stores, s.record)
	case "update":
		err = update(stores, s.key, s.record.ImageKeys(), func(r *storage.Record) error { s.change(r); return nil })
	case "merge":
		err = merge(stores, s.key.Person, s.other)
	case "move":
		err = move(stores, s.key.Person, s.other, s.key.Encounter)
	case "delete":
		err = erase(stores, s.key)
	case "deletePerson":
		err = erasePerson(stores, s.key.Person)
	case "read":
		var r storage.Record
		if r, err = stores.Encounters.Read(ctx, s.key); err == nil {
			a.records = []storage.Record{normal(r)}
		}
	case "readAll":
		var all []storage.Record
		all, err = stores.Encounters.ReadAll(ctx, s.key.Person)
		for _, r := range all {
			a.records = append(a.records, normal(r))
		}
	case "templates":
		var found []models.Entry
		found, err = stores.Encounters.Templates(ctx, s.key.Person, s.gallery)
		a.entries = lines(found)
	}
	a.kind = ok
	if err != nil {
		a.kind = models.KindOf(err).String()
	}
	return a
}

// apply does the step in the map: what it comes to, and the map afterwards.
func (s step) apply(before state) (answer, state) {
	person := s.key.Person
	switch s.verb {
	case "create":
		if _, taken := before[s.key]; taken {
			return refused(models.Conflict), before
		}
		return answer{kind: ok}, before.with(normal(s.record))
	case "update":
		r, found := before[s.key]
		if !found {
			return refused(models.NotFound), before
		}
		s.change(&r)
		return answer{kind: ok}, before.with(normal(r))
	case "merge":
		return before.give(person, before.of(s.other))
	case "move":
		return before.give(person, before.one(models.EncounterKey{Person: s.other, Encounter: s.key.Encounter}))
	case "delete":
		return before.without(before.one(s.key))
	case "deletePerson":
		return before.without(before.of(person))
	case "read":
		return before.records(before.one(s.key)), before
	case "readAll":
		return before.records(before.of(person)), before
	case "templates":
		return before.templates(before.of(person), s.gallery), before
	}
	return answer{all: before}, before // a look
}

func refused(kind models.Kind) answer { return answer{kind: kind.String()} }

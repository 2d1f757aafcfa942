package conformance

import "net/http"

var merging = []Check{
	{"mergeEncounter/all", "_abis.rst mergeEncounter: N+M encounters, ids preserved", OSIA, func(t *trial) {
		target, first := t.enrolled(t.Photos.Mated1)
		source, second := t.enrolled(t.Photos.Mated2)
		third := t.id("e")
		t.enrol(source, third, t.visit(t.Photos.Mated2))
		before := t.record(source, second)
		t.must(ask("mergeEncounter", target, source))
		t.visitsOf(target, 3)
		t.record(target, first)
		t.record(target, third)
		given := members(before)
		delete(given, "updatedDate")
		t.same(given, t.record(target, second))
		t.nobody(source)
	}},
	{"mergeEncounter/searched", "_abis.rst mergeEncounter: a single set of encounters", OSIA, func(t *trial) {
		target, _ := t.enrolled(t.Photos.Other)
		source, _ := t.enrolled(t.Photos.Mated1)
		t.must(ask("mergeEncounter", target, source))
		t.decides(target, t.Photos.Mated2, true)
		t.finds(t.gallery, t.Photos.Mated2, source, false)
		t.finds(t.gallery, t.Photos.Mated2, target, true)
	}},
	{"mergeEncounter/conflict", "abis.yaml mergeEncounter 409; _abis.rst: no changes are done", OSIA, func(t *trial) {
		target, first := t.enrolled(t.Photos.Mated1)
		source, second := t.enrolled(t.Photos.Mated2)
		t.enrol(source, first, t.visit(t.Photos.Mated2)) // the id that both have
		t.untouched([]string{target, source}, ask("mergeEncounter", target, source), http.StatusConflict)
		t.record(source, second)
	}},
	{"mergeEncounter/unknown", "abis.yaml mergeEncounter 404", OSIA, func(t *trial) {
		target, _ := t.enrolled(t.Photos.Mated1)
		t.untouched([]string{target}, ask("mergeEncounter", target, t.id("p")), http.StatusNotFound)
	}},
}

var moving = []Check{
	{"moveEncounter/one", "_abis.rst moveEncounter: one single encounter, its id preserved", OSIA, func(t *trial) {
		target, _ := t.enrolled(t.Photos.Mated1)
		source, moved := t.enrolled(t.Photos.Mated2)
		t.enrol(source, t.id("e"), t.visit(t.Photos.Mated2))
		before := t.record(source, moved)
		t.must(ask("moveEncounter", target, source, moved))
		given := members(before)
		delete(given, "updatedDate")
		t.same(given, t.record(target, moved))
		t.want(t.send(ask("readEncounter", source, moved)), http.StatusNotFound)
		t.visitsOf(target, 2)
		t.visitsOf(source, 1)
	}},
	{"moveEncounter/searched", "_abis.rst moveEncounter", OSIA, func(t *trial) {
		target, _ := t.enrolled(t.Photos.Other)
		source, moved := t.enrolled(t.Photos.Mated1)
		t.enrol(source, t.id("e"), t.visit(t.Photos.Other))
		t.must(ask("moveEncounter", target, source, moved))
		t.decides(target, t.Photos.Mated2, true)
		t.decides(source, t.Photos.Mated2, false)
	}},
	{"moveEncounter/conflict", "abis.yaml moveEncounter 409; _abis.rst: no changes are done", OSIA, func(t *trial) {
		target, first := t.enrolled(t.Photos.Mated1)
		source := t.person()
		t.enrol(source, first, t.visit(t.Photos.Mated2))
		t.untouched([]string{target, source}, ask("moveEncounter", target, source, first), http.StatusConflict)
	}},
	{"moveEncounter/unknown", "abis.yaml moveEncounter 404", OSIA, func(t *trial) {
		target, _ := t.enrolled(t.Photos.Mated1)
		source, _ := t.enrolled(t.Photos.Mated2)
		t.untouched([]string{target, source}, ask("moveEncounter", target, source, t.id("e")), http.StatusNotFound)
		t.untouched([]string{target}, ask("moveEncounter", target, t.id("p"), t.id("e")), http.StatusNotFound)
	}},
}

// untouched sends a request that must be refused and demands that these
// persons are after it as they were before.
func (t *trial) untouched(persons []string, r request, status int) {
	var before []any
	for _, person := range persons {
		before = append(before, t.must(ask("readAllEncounters", person)).body)
	}
	t.want(t.send(r), status)
	for i, person := range persons {
		after := t.send(ask("readAllEncounters", person))
		t.unchanged("a person", before[i], after.body)
	}
}

// nobody demands that a person has no encounters: 404, or an empty list, which
// the standard does not rule out.
func (t *trial) nobody(person string) {
	a := t.send(ask("readAllEncounters", person))
	if a.status != http.StatusNotFound && (a.status != http.StatusOK || len(items(a.body)) > 0) {
		t.failf("the person who gave all encounters still has some: %v", a)
	}
}

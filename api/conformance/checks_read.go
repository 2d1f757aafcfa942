package conformance

import "net/http"

var reading = []Check{
	{"readEncounter/id", "abis.yaml Encounter encounterId required", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		a := t.must(ask("readEncounter", person, visit))
		if word(a.body, "encounterId") != visit {
			t.failf("the encounter has another encounterId than the path")
		}
	}},
	{"readEncounter/unknown", "abis.yaml readEncounter 404", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.want(t.send(ask("readEncounter", person, t.id("e"))), http.StatusNotFound)
		t.want(t.send(ask("readEncounter", t.id("p"), t.id("e"))), http.StatusNotFound)
	}},
	{"readEncounter/no-template", "_abis.rst It does not expose templates for CRUD services", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		for _, item := range items(members(t.record(person, visit))["biometricData"]) {
			if word(item, "template") != "" {
				t.failf("a template is read that no client stored")
			}
		}
	}},
	{"readAllEncounters/all", "abis.yaml readAllEncounters 200", OSIA, func(t *trial) {
		person, first := t.enrolled(t.Photos.Mated1)
		second := t.id("e")
		t.enrol(person, second, t.visit(t.Photos.Mated2))
		t.must(ask("readAllEncounters", person))
		found := map[string]any{}
		for _, visit := range t.visitsOf(person, 2) {
			found[word(visit, "encounterId")] = visit
		}
		for _, visit := range []string{first, second} {
			if found[visit] == nil {
				t.failf("one of the person's encounters is missing")
			}
			t.same(found[visit], t.record(person, visit))
		}
	}},
	{"readAllEncounters/unknown", "abis.yaml readAllEncounters 404", OSIA, func(t *trial) {
		t.want(t.send(ask("readAllEncounters", t.id("p"))), http.StatusNotFound)
	}},
}

var updating = []Check{
	{"updateEncounter/replace", "abis.yaml updateEncounter 200", OSIA, func(t *trial) {
		person, visit := t.person(), t.id("e")
		t.enrol(person, visit, t.fullVisit())
		given := t.visit(t.Photos.Mated2)
		given["encounterType"], given["contextualData"] = "renewal", map[string]any{"office": "8"}
		a := t.must(ask("updateEncounter", person, visit).body(given))
		if word(a.body, "personId") != person || word(a.body, "encounterId") != visit {
			t.failf("the answer has other ids than the path")
		}
		read := t.record(person, visit)
		t.same(given, read)
		for _, key := range []string{"biographicData", "clientData", "integrity"} {
			if _, there := members(read)[key]; there {
				t.failf("%s is still there, although the new encounter has none", key)
			}
		}
	}},
	{"updateEncounter/unknown", "abis.yaml updateEncounter 404", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		visit := t.id("e")
		t.want(t.send(ask("updateEncounter", person, visit).body(t.visit(t.Photos.Mated1))), http.StatusNotFound)
		t.want(t.send(ask("readEncounter", person, visit)), http.StatusNotFound)
		t.want(t.send(ask("updateEncounter", t.person(), visit).body(t.visit(t.Photos.Mated1))), http.StatusNotFound)
	}},
	{"updateEncounter/searched", "abis.yaml updateEncounter: the new biometric data are those searched", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Other)
		t.must(ask("updateEncounter", person, visit).body(t.visit(t.Photos.Mated1)))
		t.decides(person, t.Photos.Mated2, true)
		t.decides(person, t.Photos.Other, false)
	}},
}

var erasing = []Check{
	{"deleteEncounter/gone", "abis.yaml deleteEncounter 204, 404", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		kept := t.id("e")
		t.enrol(person, kept, t.visit(t.Photos.Mated2))
		t.must(ask("deleteEncounter", person, visit))
		t.want(t.send(ask("readEncounter", person, visit)), http.StatusNotFound)
		t.want(t.send(ask("deleteEncounter", person, visit)), http.StatusNotFound)
		t.must(ask("readEncounter", person, kept))
	}},
	{"deleteEncounter/last", "abis.yaml deleteEncounter: the last encounter deletes the person", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.must(ask("deleteEncounter", person, visit))
		t.want(t.send(ask("readAllEncounters", person)), http.StatusNotFound)
		t.want(t.send(ask("deleteAll", person)), http.StatusNotFound)
	}},
	{"deleteEncounter/unknown", "abis.yaml deleteEncounter 404", OSIA, func(t *trial) {
		t.want(t.send(ask("deleteEncounter", t.id("p"), t.id("e"))), http.StatusNotFound)
	}},
	{"deleteAll/gone", "abis.yaml deleteAll 204, 404", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.enrol(person, t.id("e"), t.visit(t.Photos.Mated2))
		t.must(ask("deleteAll", person))
		t.want(t.send(ask("readEncounter", person, visit)), http.StatusNotFound)
		t.want(t.send(ask("readAllEncounters", person)), http.StatusNotFound)
		t.want(t.send(ask("deleteAll", person)), http.StatusNotFound)
	}},
	{"deleteAll/unknown", "abis.yaml deleteAll 404", OSIA, func(t *trial) {
		t.want(t.send(ask("deleteAll", t.id("p"))), http.StatusNotFound)
	}},
	{"deleteAll/not-found", "abis.yaml deleteAll: who is deleted is not identified", OSIA, func(t *trial) {
		t.enrolled(t.Photos.Other) // the gallery stays
		person, _ := t.enrolled(t.Photos.Mated1)
		t.must(ask("deleteAll", person))
		t.finds(t.gallery, t.Photos.Mated2, person, false)
	}},
}

package conformance

import (
	"encoding/base64"
	"net/http"
)

var creating = []Check{
	{"createEncounterNoIds/new-ids", "abis.yaml createEncounterNoIds: generate ID for both", OSIA, func(t *trial) {
		r := ask("createEncounterNoIds").body(t.visit(t.Photos.Mated1))
		first, second := t.must(r).body, t.must(r).body
		if word(first, "personId") == word(second, "personId") {
			t.failf("two creations gave one personId: transactionId only tracks, it does not make requests one")
		}
		t.must(ask("readEncounter", word(first, "personId"), word(first, "encounterId")))
	}},
	{"createEncounterNoId/new-person", "abis.yaml createEncounterNoId: person is created automatically", OSIA, func(t *trial) {
		person := t.person()
		body := t.must(ask("createEncounterNoId", person).body(t.visit(t.Photos.Mated1))).body
		if word(body, "personId") != person {
			t.failf("the answer names another person")
		}
		t.must(ask("readEncounter", person, word(body, "encounterId")))
	}},
	{"createEncounterNoId/second", "abis.yaml createEncounterNoId: one encounter in the person", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		body := t.must(ask("createEncounterNoId", person).body(t.visit(t.Photos.Mated2))).body
		if word(body, "encounterId") == visit {
			t.failf("the new encounter has the id of the old one")
		}
		t.visitsOf(person, 2)
	}},
	{"createEncounter/ids", "abis.yaml createEncounter", OSIA, func(t *trial) {
		person, visit := t.person(), t.id("e")
		body := t.must(ask("createEncounter", person, visit).body(t.visit(t.Photos.Mated1))).body
		if word(body, "personId") != person || word(body, "encounterId") != visit {
			t.failf("the answer has other ids than the path")
		}
	}},
	{"createEncounter/conflict", "abis.yaml createEncounter 409", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		before := t.record(person, visit)
		other := t.visit(t.Photos.Mated2)
		other["encounterType"] = "other"
		t.want(t.send(ask("createEncounter", person, visit).body(other)), http.StatusConflict)
		t.unchanged("the encounter that was there", before, t.record(person, visit))
	}},
	{"createEncounter/no-biometrics", "abis.yaml Encounter biometricData without minItems", OSIA, func(t *trial) {
		person, visit := t.person(), t.id("e")
		t.must(ask("createEncounter", person, visit).body(t.visit()))
		if len(items(members(t.record(person, visit))["biometricData"])) != 0 {
			t.failf("biometric data are read that were not given")
		}
	}},
	{"createEncounter/options", "_abis.rst Options: priority, algorithm", OSIA, func(t *trial) {
		r := ask("createEncounter", t.person(), t.id("e")).body(t.visit(t.Photos.Mated1))
		t.must(r.with("priority", "9").with("algorithm", "any"))
	}},
	{"createEncounter/transactionId-free-text", "_abis.rst transactionID: a free text", OSIA, func(t *trial) {
		r := ask("createEncounter", t.person(), t.id("e")).body(t.visit(t.Photos.Mated1))
		t.must(r.with("transactionId", "desk 7/ümläut & co; 100 %"))
	}},
	{"createEncounter/round-trip", "_abis.rst clientData: stored as is and returned; images passed by value", OSIA, func(t *trial) {
		person, visit := t.person(), t.id("e")
		given := t.fullVisit()
		t.enrol(person, visit, given)
		t.same(given, t.record(person, visit))
	}},
	{"createEncounter/encrypted", "abis.yaml Encryption: the node transformed to a single buffer", OSIA, func(t *trial) {
		person, visit := t.person(), t.id("e")
		given := t.visit(t.Photos.Mated1)
		given["biographicData"] = "eyJhbGciOiJkaXIifQ..c2VjcmV0.dGFn.aXY"
		given["encryption"] = map[string]any{"type": "JWE", "scope": "$.biographicData"}
		t.enrol(person, visit, given)
		t.same(given, t.record(person, visit))
	}},
}

// fullVisit is an encounter with every kind of data.
func (t *trial) fullVisit() map[string]any {
	v := t.visit(t.Photos.Mated1)
	v["galleries"] = []any{t.gallery, t.id("g")}
	v["clientData"] = base64.StdEncoding.EncodeToString([]byte("\x00\xff as is"))
	v["biographicData"] = map[string]any{"gender": "F", "yearOfBirth": 1985, "names": []any{"Zoë", "Ann"}}
	v["contextualData"] = map[string]any{"location": map[string]any{"office": "7"}, "urgent": true}
	v["integrity"] = []any{map[string]any{"id": "i1", "scope": "$.clientData", "alg": "SHA256", "hash": "00ff", "type": "NONE"}}
	for key, value := range map[string]any{
		"biometricSubType": "PORTRAIT", "instance": "1", "captureDate": "2019-05-21T12:00:00+01:00", "captureDevice": "desk 7",
		"mimeType": "image/jpeg", "compression": "JPEG", "metadata": "meta", "comment": "a comment",
	} {
		members(items(v["biometricData"])[0])[key] = value
	}
	return v
}

// record reads an encounter.
func (t *trial) record(person, visit string) any {
	return t.must(ask("readEncounter", person, visit)).body
}

// visitsOf reads a person's encounters and demands how many there are.
func (t *trial) visitsOf(person string, n int) []any {
	all := items(t.must(ask("readAllEncounters", person)).body)
	if len(all) != n {
		t.failf("the person has %d encounters, not %d", len(all), n)
	}
	return all
}

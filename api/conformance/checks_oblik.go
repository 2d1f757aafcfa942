package conformance

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// The checks of the profile Oblik; the clause is what the standard leaves open.

var ours = []Check{
	{"createEncounter/code-conflict", "bodies of 409 are not declared: Error", Oblik, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.coded(ask("createEncounter", person, visit).body(t.visit(t.Photos.Mated1)), http.StatusConflict)
	}},
	{"readEncounter/code-unknown", "bodies of 404 are not declared: Error", Oblik, func(t *trial) {
		t.coded(ask("readEncounter", t.id("p"), t.id("e")), http.StatusNotFound)
	}},
	{"readGalleries/code-token", "401 is not declared: WWW-Authenticate and Error", Oblik, func(t *trial) {
		a := t.coded(ask("readGalleries").as(""), http.StatusUnauthorized)
		if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
			t.failf("401 without WWW-Authenticate: Bearer")
		}
	}},
	{"readGalleries/code-bad", "codes are not listed: HTTP status times 100", Oblik, func(t *trial) {
		t.coded(ask("readGalleries").withoutTransaction(), http.StatusBadRequest)
	}},
	{"readGalleries/unknown-parameter", "unknown query parameters: refused", Oblik, func(t *trial) {
		t.coded(ask("readGalleries").with("treshold", "1"), http.StatusBadRequest)
	}},
	{"createEncounter/id-differs", "encounterId is required and readOnly: refused if not the path's", Oblik, func(t *trial) {
		body := t.visit(t.Photos.Mated1)
		body["encounterId"] = t.id("e")
		t.coded(ask("createEncounter", t.person(), t.id("e")).body(body), http.StatusBadRequest)
	}},
	{"createEncounter/all-gallery", "ALL is reserved: not a gallery of an encounter", Oblik, func(t *trial) {
		body := t.visit(t.Photos.Mated1)
		body["galleries"] = []any{"ALL"}
		t.coded(ask("createEncounter", t.person(), t.id("e")).body(body), http.StatusBadRequest)
	}},
	{"createEncounter/no-face", "a photograph without a face: refused, nothing stored", Oblik, func(t *trial) {
		person, visit := t.person(), t.id("e")
		t.coded(ask("createEncounter", person, visit).body(t.visit(t.Photos.Faceless)), http.StatusBadRequest)
		t.want(t.send(ask("readAllEncounters", person)), http.StatusNotFound)
	}},
	{"createEncounter/other-modality", "modalities that are not matched: stored without a template", Oblik, func(t *trial) {
		person, visit := t.person(), t.id("e")
		body := t.visit(t.Photos.Mated1)
		body["biometricData"] = append(items(body["biometricData"]), map[string]any{
			"biometricType": "FINGER", "biometricSubType": "RIGHT_INDEX", "image": "AAECAw==", "impressionType": "OTHER",
		})
		t.enrol(person, visit, body)
		t.same(body, t.record(person, visit))
		if n := len(items(t.must(ask("readTemplate", person, visit)).body)); n != 1 {
			t.failf("%d templates of one face and one finger", n)
		}
	}},
	{"createEncounter/dates", "createdDate and updatedDate: the server's", Oblik, func(t *trial) {
		person, visit := t.person(), t.id("e")
		body := t.visit(t.Photos.Mated1)
		body["createdDate"] = "2001-01-01T00:00:00Z"
		t.enrol(person, visit, body)
		before := t.record(person, visit)
		if created, err := time.Parse(time.RFC3339, word(before, "createdDate")); err != nil || created.Year() == 2001 {
			t.failf("createdDate is missing, or the client's")
		}
		t.must(ask("updateEncounter", person, visit).body(body))
		after := t.record(person, visit)
		if word(after, "createdDate") != word(before, "createdDate") || word(after, "updatedDate") == word(before, "updatedDate") {
			t.failf("an update does not keep createdDate and set updatedDate")
		}
	}},
	{"createEncounter/duplicate-key", "a key given twice: refused", Oblik, func(t *trial) {
		r := ask("createEncounter", t.person(), t.id("e")).body(t.visit(t.Photos.Mated1))
		content := append([]byte(`{"status":"INACTIVE",`), r.content[1:]...)
		t.coded(r.bytes(content), http.StatusBadRequest)
	}},
	{"updateEncounter/read-and-write", "encounterId is required and readOnly: what is read may be sent back", Oblik, func(t *trial) {
		person, visit := t.person(), t.id("e")
		given := t.fullVisit()
		t.enrol(person, visit, given)
		read, err := json.Marshal(t.record(person, visit))
		if err != nil {
			panic(err) // it was decoded
		}
		t.must(ask("updateEncounter", person, visit).bytes(read))
		t.same(given, t.record(person, visit))
	}},
	{"mergeEncounter/self", "a merge with oneself: 409", Oblik, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.untouched([]string{person}, ask("mergeEncounter", person, person), http.StatusConflict)
	}},
	{"mergeEncounter/unknown-target", "a merge into nobody: 404", Oblik, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.untouched([]string{person}, ask("mergeEncounter", t.person(), person), http.StatusNotFound)
	}},
	{"mergeEncounter/source-gone", "a person merged away: 404", Oblik, func(t *trial) {
		target, _ := t.enrolled(t.Photos.Mated1)
		source, _ := t.enrolled(t.Photos.Mated2)
		t.must(ask("mergeEncounter", target, source))
		t.want(t.send(ask("readAllEncounters", source)), http.StatusNotFound)
	}},
	{"moveEncounter/unknown-target", "a move to nobody: 404", Oblik, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.untouched([]string{person}, ask("moveEncounter", t.person(), person, visit), http.StatusNotFound)
	}},
	{"moveEncounter/last", "the last encounter moved away: the person is gone", Oblik, func(t *trial) {
		target, _ := t.enrolled(t.Photos.Mated1)
		source, visit := t.enrolled(t.Photos.Mated2)
		t.must(ask("moveEncounter", target, source, visit))
		t.want(t.send(ask("readAllEncounters", source)), http.StatusNotFound)
	}},
	{"updateEncounterStatus/unknown", "an unknown record: 404, which is not declared", Oblik, func(t *trial) {
		t.coded(ask("updateEncounterStatus", t.id("p"), t.id("e")).with("status", "ACTIVE"), http.StatusNotFound)
	}},
	{"updateEncounterStatus/lower-case", "status is upper case in abis.yaml, lower case in _abis.rst: both", Oblik, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.must(ask("updateEncounterStatus", person, visit).with("status", "inactive"))
		t.same(map[string]any{"status": "INACTIVE"}, t.record(person, visit))
	}},
	{"updateEncounterGalleries/unknown", "an unknown record: 404, which is not declared", Oblik, func(t *trial) {
		t.coded(ask("updateEncounterGalleries", t.id("p"), t.id("e")).body([]any{t.gallery}), http.StatusNotFound)
	}},
	{"readGalleryContent/emptied", "a gallery without encounters: 404 and not listed", Oblik, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.must(ask("deleteEncounter", person, visit))
		t.coded(ask("readGalleryContent", t.gallery), http.StatusNotFound)
		for _, id := range items(t.must(ask("readGalleries")).body) {
			if id == t.gallery {
				t.failf("an emptied gallery is listed")
			}
		}
	}},
	{"readGalleryContent/inactive", "the content of a gallery: INACTIVE encounters too", Oblik, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.must(ask("updateEncounterStatus", person, visit).with("status", "INACTIVE"))
		if !t.contains(t.gallery, person, visit) {
			t.failf("an INACTIVE encounter is not in the content of its gallery")
		}
	}},
	{"readGalleryContent/csv-header", "abis.yaml readGalleryContent: the heading of the example", Oblik, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		if !strings.HasPrefix(string(t.csv().text), "PersonId, encounterId\n") {
			t.failf("the heading is not that of the example")
		}
	}},
	{"readEncounter/async-failure-late", "with callback, an unknown record: 202, then application/error+json", Oblik, func(t *trial) {
		r := ask("readEncounter", t.id("p"), t.id("e"))
		box, task := t.submit(r, http.StatusNoContent)
		d := t.delivered(box, task, transaction)
		t.deliveredAs(d, "application/error+json", fault)
		if int(amount(d.body, "code"))/100 != http.StatusNotFound {
			t.failf("the code is not that of 404")
		}
	}},
	{"readEncounter/callback-no-uri", "callback format uri: refused", Oblik, func(t *trial) {
		t.coded(ask("readEncounter", t.id("p"), t.id("e")).with("callback", "not a URI"), http.StatusBadRequest)
	}},
}

// coded demands a status and a body that says it again.
func (t *trial) coded(r request, status int) answer {
	a := t.want(t.send(r), status)
	t.fits(a, fault)
	if code := int(amount(a.body, "code")); code/100 != status {
		t.failf("%v, but the code does not begin with the status", a)
	}
	return a
}

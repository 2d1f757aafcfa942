package conformance

import "net/http"

var oursSearching = []Check{
	{"identify/no-face", "a photograph without a face: 400, never no candidates", Oblik, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		t.coded(ask("identify", t.gallery).body(searchFor(t.Photos.Faceless)), http.StatusBadRequest)
	}},
	{"identify/no-item", "a search without a FACE: 400", Oblik, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		body := searchFor(t.Photos.Mated1)
		body["biometricData"] = []any{map[string]any{"biometricType": "IRIS", "image": "AAECAw=="}}
		t.coded(ask("identify", t.gallery).body(body), http.StatusBadRequest)
	}},
	{"identify/unknown-filter", "a filter that is not on a known key: 400", Oblik, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		t.coded(ask("identify", t.gallery).body(searchWith(map[string]any{"nobodysKey": map[string]any{}}, t.Photos.Mated2)), http.StatusBadRequest)
	}},
	{"identify/filter-missing-attribute", "a record without the filter's attribute: left out", Oblik, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		a := t.must(ask("identify", t.gallery).body(searchWith(map[string]any{"gender": "F"}, t.Photos.Mated2)))
		if candidateOf(a.body, person) != nil {
			t.failf("a record without the attribute passes the filter")
		}
	}},
	{"identify/filter-other-modality", "filter.biometricType without FACE: no candidates", Oblik, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		a := t.must(ask("identify", t.gallery).body(searchWith(map[string]any{"biometricType": []any{"IRIS"}}, t.Photos.Mated2)))
		if a.body == nil || len(items(a.body)) != 0 {
			t.failf("not an empty list")
		}
	}},
	{"identify/ranks", "ranks are counted from 1, by falling score, one candidate a person", Oblik, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.enrol(person, t.id("e"), t.visit(t.Photos.Mated2))
		t.enrolled(t.Photos.Mated2)
		all := items(t.must(ask("identify", t.gallery).body(searchFor(t.Photos.Mated1))).body)
		if len(all) != 2 {
			t.failf("%d candidates of two people", len(all))
		}
		if amount(all[0], "rank") != 1 || amount(all[1], "rank") != 2 || amount(all[0], "score") < amount(all[1], "score") {
			t.failf("the ranks are not 1 and 2, by falling score")
		}
	}},
	{"identify/threshold-floor", "a threshold below the server's floor: 400", Oblik, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		t.coded(ask("identify", t.gallery).with("threshold", "0").body(searchFor(t.Photos.Mated2)), http.StatusBadRequest)
	}},
	{"identify/maxNbCand-bounds", "maxNbCand of 0 or less: 400", Oblik, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		r := ask("identify", t.gallery).body(searchFor(t.Photos.Mated2))
		t.coded(r.with("maxNbCand", "0"), http.StatusBadRequest)
		t.coded(r.with("maxNbCand", "-1"), http.StatusBadRequest)
	}},
	{"identify/encrypted", "an encrypted face in a search: 400", Oblik, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		body := searchFor(t.Photos.Mated2)
		body["encryption"] = map[string]any{"type": "JWE", "scope": "$.biometricData[*].image"}
		t.coded(ask("identify", t.gallery).body(body), http.StatusBadRequest)
	}},
	{"identifyFromId/self", "the probe's own person: left out", Oblik, func(t *trial) {
		t.leavesSelfOut("identifyFromId")
	}},
	{"identifyFromEncounterId/self", "the probe's own person: left out", Oblik, func(t *trial) {
		t.leavesSelfOut("identifyFromEncounterId")
	}},
	{"verifyFromId/threshold-floor", "a threshold below the server's floor: 400", Oblik, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		r := ask("verifyFromId", t.gallery, person).body(probe(t.Photos.Mated2))
		t.coded(r.with("threshold", "0"), http.StatusBadRequest)
		t.coded(r.with("threshold", "NaN"), http.StatusBadRequest)
	}},
	{"verifyFromId/inactive", "a person whose encounters are all INACTIVE: decision false", Oblik, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.must(ask("updateEncounterStatus", person, visit).with("status", "INACTIVE"))
		t.decides(person, t.Photos.Mated2, false)
	}},
	{"verifyFromId/no-face", "a photograph without a face: 400, never decision false", Oblik, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.coded(ask("verifyFromId", t.gallery, person).body(probe(t.Photos.Faceless)), http.StatusBadRequest)
	}},
	{"verifyFromBio/no-face", "a photograph without a face: 400, never decision false", Oblik, func(t *trial) {
		t.coded(ask("verifyFromBio").body(probes(t.Photos.Mated1, t.Photos.Faceless)), http.StatusBadRequest)
	}},
}

func (t *trial) leavesSelfOut(op string) {
	person, visit := t.enrolled(t.Photos.Mated1)
	t.enrol(person, t.id("e"), t.visit(t.Photos.Mated2))
	t.enrolled(t.Photos.Mated2)
	a := t.must(ask(op, idsFor(*operationOf(op), t.gallery, person, visit)...))
	if len(items(a.body)) == 0 || candidateOf(a.body, person) != nil {
		t.failf("the candidates are not the others alone")
	}
}

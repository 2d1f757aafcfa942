package conformance

import (
	"net/http"
	"strconv"
)

const filters = "_abis.rst Filters"

var identifying = []Check{
	{"identify/found", "_abis.rst identify", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		other, _ := t.enrolled(t.Photos.Other)
		all := t.must(ask("identify", t.gallery).body(searchFor(t.Photos.Mated2))).body
		mine, theirs := candidateOf(all, person), candidateOf(all, other)
		if mine == nil {
			t.failf("the person of the photograph is not among the candidates")
		}
		if theirs != nil && (amount(theirs, "rank") <= amount(mine, "rank") || amount(theirs, "score") >= amount(mine, "score")) {
			t.failf("somebody else comes before the person of the photograph")
		}
	}},
	{"identify/one-gallery", "_abis.rst identify galleryID: search only in this gallery", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		elsewhere := t.visit(t.Photos.Other)
		elsewhere["galleries"] = []any{t.gallery + "x"}
		t.enrol(t.person(), t.id("e"), elsewhere)
		t.finds(t.gallery, t.Photos.Mated2, person, true)
		t.finds(t.gallery+"x", t.Photos.Mated2, person, false)
	}},
	{"identify/all", "abis.yaml 1.5.0: ALL is a search against all the galleries", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.finds("ALL", t.Photos.Mated2, person, true)
	}},
	{"identify/unknown-gallery", "abis.yaml identify 404: unknown gallery", OSIA, func(t *trial) {
		t.want(t.send(ask("identify", t.id("g")).body(searchFor(t.Photos.Mated1))), http.StatusNotFound)
	}},
	{"identify/maxNbCand", "_abis.rst Options maxNbCand", OSIA, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		t.enrolled(t.Photos.Mated1)
		a := t.must(ask("identify", t.gallery).with("maxNbCand", "1").body(searchFor(t.Photos.Mated2)))
		if len(items(a.body)) != 1 {
			t.failf("%d candidates, when one is asked for and there are two", len(items(a.body)))
		}
	}},
	{"identify/threshold", "_abis.rst Options threshold: to filter the candidates", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		r := ask("identify", t.gallery).body(searchFor(t.Photos.Mated2))
		mine := candidateOf(t.must(r).body, person)
		a := t.want(t.send(r.with("threshold", above(mine))), http.StatusOK, http.StatusBadRequest)
		if candidateOf(a.body, person) != nil {
			t.failf("a candidate scores less than the threshold")
		}
	}},
	{"identify/options", "_abis.rst Options", OSIA, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		r := ask("identify", t.gallery).body(searchFor(t.Photos.Mated2))
		t.must(r.with("priority", "0").with("accuracyLevel", "high").with("serviceLevel", "9"))
	}},
	{"identify/filter-biographic", filters + " on biographic data", OSIA, func(t *trial) {
		t.filtered(map[string]any{"gender": "F"}, map[string]any{"gender": "M"})
	}},
	{"identify/filter-contextual", filters + " on contextual data", OSIA, func(t *trial) {
		t.filtered(map[string]any{"region": "north"}, map[string]any{"region": "south"})
	}},
	{"identify/filter-encounterType", filters + " on encounter type", OSIA, func(t *trial) {
		t.filtered(map[string]any{"encounterType": "conformance"}, map[string]any{"encounterType": "other"})
	}},
	{"identify/filter-range", filters + " with Min and Max", OSIA, func(t *trial) {
		t.filtered(map[string]any{"yearOfBirthMin": 1980, "yearOfBirthMax": 1990}, map[string]any{"yearOfBirthMin": 1991}, map[string]any{"yearOfBirthMax": 1979})
		t.filtered(map[string]any{"dateOfBirthMin": "1985-01-01", "dateOfBirthMax": "1985-12-31"}, map[string]any{"dateOfBirthMin": "1986-01-01"})
	}},
	{"identify/filter-biometricType", "abis.yaml Filter biometricType", OSIA, func(t *trial) {
		t.filtered(map[string]any{"biometricType": []any{"FACE", "FINGER"}})
	}},
}

// filtered demands that a filter leaves a person in and that others leave her out.
func (t *trial) filtered(in map[string]any, out ...map[string]any) {
	person := t.person()
	body := t.visit(t.Photos.Mated1)
	body["biographicData"] = map[string]any{"gender": "F", "yearOfBirth": 1985, "dateOfBirth": "1985-11-30"}
	body["contextualData"] = map[string]any{"region": "north"}
	t.enrol(person, t.id("e"), body)
	search := func(filter map[string]any) any {
		return candidateOf(t.must(ask("identify", t.gallery).body(searchWith(filter, t.Photos.Mated2))).body, person)
	}
	if search(in) == nil {
		t.failf("a person who fits the filter is not found")
	}
	for _, filter := range out {
		if search(filter) != nil {
			t.failf("a person who does not fit the filter is found")
		}
	}
}

var identifyingStored = []Check{
	{"identifyFromId/found", "_abis.rst identify by a person existing in the system", OSIA, func(t *trial) {
		t.findsStored("identifyFromId", nil)
	}},
	{"identifyFromId/filter", "abis.yaml identifyFromId Filter", OSIA, func(t *trial) {
		t.findsStored("identifyFromId", map[string]any{"encounterType": "conformance"})
	}},
	{"identifyFromId/unknown", "abis.yaml identifyFromId 404: unknown person or gallery", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.want(t.send(ask("identifyFromId", t.gallery, t.id("p"))), http.StatusNotFound)
		t.want(t.send(ask("identifyFromId", t.id("g"), person)), http.StatusNotFound)
	}},
	{"identifyFromEncounterId/found", "_abis.rst identify by an encounter existing in the system", OSIA, func(t *trial) {
		t.findsStored("identifyFromEncounterId", nil)
	}},
	{"identifyFromEncounterId/filter", "abis.yaml identifyFromEncounterId Filter", OSIA, func(t *trial) {
		t.findsStored("identifyFromEncounterId", map[string]any{"encounterType": "conformance"})
	}},
	{"identifyFromEncounterId/unknown", "abis.yaml identifyFromEncounterId 404: unknown person, gallery or encounter", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.want(t.send(ask("identifyFromEncounterId", t.gallery, person, t.id("e"))), http.StatusNotFound)
		t.want(t.send(ask("identifyFromEncounterId", t.gallery, t.id("p"), visit)), http.StatusNotFound)
		t.want(t.send(ask("identifyFromEncounterId", t.id("g"), person, visit)), http.StatusNotFound)
	}},
}

// findsStored demands that a stored person leads to another one with the same
// face; a filter of nil: no body.
func (t *trial) findsStored(op string, filter map[string]any) {
	person, visit := t.enrolled(t.Photos.Mated1)
	mate, _ := t.enrolled(t.Photos.Mated2)
	r := ask(op, idsFor(*operationOf(op), t.gallery, person, visit)...)
	if filter != nil {
		r = r.body(filter)
	}
	if candidateOf(t.must(r).body, mate) == nil {
		t.failf("the other record of the same person is not found")
	}
}

// finds demands that a search leads to a person, or does not.
func (t *trial) finds(gallery string, photo []byte, person string, found bool) {
	all := t.must(ask("identify", gallery).with("maxNbCand", "100").body(searchFor(photo))).body
	if (candidateOf(all, person) != nil) != found {
		t.failf("%s", map[bool]string{true: "the person of the photograph is not found", false: "a person is found who should not be"}[found])
	}
}

// candidateOf finds a person among candidates; nil: not there.
func candidateOf(all any, person string) any {
	for _, c := range items(all) {
		if word(c, "personId") == person {
			return c
		}
	}
	return nil
}

// above is a threshold just above a score. The scale is the service's: it may
// end there, and the threshold be refused.
func above(scored any) string {
	return strconv.FormatFloat(amount(scored, "score")+1, 'f', 3, 64)
}

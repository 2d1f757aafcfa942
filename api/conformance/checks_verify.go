package conformance

import "net/http"

var verifying = []Check{
	{"verifyFromId/match", "_abis.rst verify", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.decides(person, t.Photos.Mated2, true)
	}},
	{"verifyFromId/no-match", "_abis.rst verify", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.decides(person, t.Photos.Other, false)
	}},
	{"verifyFromId/all", "abis.yaml 1.5.0: ALL is a search against all the galleries", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.decision(t.must(ask("verifyFromId", "ALL", person).body(probe(t.Photos.Mated2))), true)
	}},
	{"verifyFromId/threshold", "_abis.rst Options threshold", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		r := t.verify(person, t.Photos.Mated2)
		best := bestOf(t.must(r))
		if best == nil {
			t.skipf("the service does not show the score that a threshold could be set above")
		}
		if a := t.want(t.send(r.with("threshold", above(best))), http.StatusOK, http.StatusBadRequest); a.status == http.StatusOK {
			t.decision(a, false)
		}
	}},
	{"verifyFromId/options", "_abis.rst Options", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		r := t.verify(person, t.Photos.Mated2)
		t.must(r.with("priority", "9").with("accuracyLevel", "high").with("serviceLevel", "0"))
	}},
	{"verifyFromId/unknown", "abis.yaml verifyFromId 404: unknown person or gallery", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.want(t.send(ask("verifyFromId", t.gallery, t.id("p")).body(probe(t.Photos.Mated2))), http.StatusNotFound)
		t.want(t.send(ask("verifyFromId", t.id("g"), person).body(probe(t.Photos.Mated2))), http.StatusNotFound)
	}},
	{"verifyFromId/other-gallery", "_abis.rst verify galleryID: if the person does not belong to this gallery, an error is returned", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		elsewhere := t.visit(t.Photos.Other)
		elsewhere["galleries"] = []any{t.gallery + "x"}
		t.enrol(t.person(), t.id("e"), elsewhere)
		t.want(t.send(ask("verifyFromId", t.gallery+"x", person).body(probe(t.Photos.Mated2))), http.StatusNotFound)
	}},
	{"verifyFromBio/match", "_abis.rst verify: two sets of biometrics data correspond to the same person", OSIA, func(t *trial) {
		t.decision(t.must(ask("verifyFromBio").body(probes(t.Photos.Mated1, t.Photos.Mated2))), true)
	}},
	{"verifyFromBio/no-match", "_abis.rst verify: two sets of biometrics data correspond to the same person", OSIA, func(t *trial) {
		t.decision(t.must(ask("verifyFromBio").body(probes(t.Photos.Mated1, t.Photos.Other))), false)
	}},
	{"verifyFromBio/options", "_abis.rst Options", OSIA, func(t *trial) {
		r := ask("verifyFromBio").body(probes(t.Photos.Mated1, t.Photos.Mated2))
		t.must(r.with("priority", "9").with("accuracyLevel", "high").with("serviceLevel", "0"))
	}},
}

// decides demands what a verification of a person decides.
func (t *trial) decides(person string, photo []byte, match bool) {
	t.decision(t.must(t.verify(person, photo)), match)
}

// verify compares a photograph with a person of the check's gallery.
func (t *trial) verify(person string, photo []byte) request {
	return ask("verifyFromId", t.gallery, person).body(probe(photo))
}

// bestOf is the ScoreDetail with the highest score; nil: none is shown.
func bestOf(a answer) any {
	var best any
	for _, s := range items(members(a.body)["scores"]) {
		if best == nil || amount(s, "score") > amount(best, "score") {
			best = s
		}
	}
	return best
}

func (t *trial) decision(a answer, match bool) {
	if decided, ok := members(a.body)["decision"].(bool); !ok || decided != match {
		t.failf("%v, decision %v, not %v", a, members(a.body)["decision"], match)
	}
}

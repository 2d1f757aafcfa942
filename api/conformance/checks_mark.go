package conformance

import (
	"encoding/base64"
	"net/http"
)

var marking = []Check{
	{"updateEncounterStatus/read", "abis.yaml updateEncounterStatus 204", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		for _, status := range []string{"INACTIVE", "ACTIVE"} {
			t.must(ask("updateEncounterStatus", person, visit).with("status", status))
			if word(t.record(person, visit), "status") != status {
				t.failf("after it was set to %s the encounter has another status", status)
			}
		}
	}},
	{"updateEncounterStatus/inactive", "_abis.rst Encounter: a status indicating if it is used in the biometric searches", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.enrolled(t.Photos.Other)
		t.finds(t.gallery, t.Photos.Mated2, person, true)
		t.must(ask("updateEncounterStatus", person, visit).with("status", "INACTIVE"))
		t.finds(t.gallery, t.Photos.Mated2, person, false)
		t.must(ask("updateEncounterStatus", person, visit).with("status", "ACTIVE"))
		t.finds(t.gallery, t.Photos.Mated2, person, true)
	}},
	{"updateEncounterStatus/created-inactive", "_abis.rst Encounter: a status indicating if it is used in the biometric searches", OSIA, func(t *trial) {
		person := t.person()
		body := t.visit(t.Photos.Mated1)
		body["status"] = "INACTIVE"
		t.enrol(person, t.id("e"), body)
		t.enrolled(t.Photos.Other)
		t.finds(t.gallery, t.Photos.Mated2, person, false)
	}},
	{"updateEncounterStatus/status-missing", "abis.yaml updateEncounterStatus status required, 400", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.want(t.send(ask("updateEncounterStatus", person, visit)), http.StatusBadRequest)
	}},
	{"updateEncounterStatus/status-unknown", "_abis.rst Encounter: allowed values are active or inactive, 400", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.want(t.send(ask("updateEncounterStatus", person, visit).with("status", "MAYBE")), http.StatusBadRequest)
	}},
	{"updateEncounterGalleries/moved", "_abis.rst updateEncounterGalleries: move one encounter from one gallery to another", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.enrolled(t.Photos.Other) // the old gallery stays
		to := t.id("g")
		t.must(ask("updateEncounterGalleries", person, visit).body([]any{to}))
		t.same(map[string]any{"galleries": []any{to}}, t.record(person, visit))
		t.finds(t.gallery, t.Photos.Mated2, person, false)
		t.finds(to, t.Photos.Mated2, person, true)
		if t.contains(t.gallery, person, visit) || !t.contains(to, person, visit) {
			t.failf("readGalleryContent does not show the encounter in its new gallery alone")
		}
	}},
}

var templates = []Check{
	{"readTemplate/face", "_abis.rst readTemplate: read the generated template", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		all := items(t.must(ask("readTemplate", person, visit)).body)
		if len(all) != 1 || word(all[0], "biometricType") != "FACE" {
			t.failf("%d templates of one face", len(all))
		}
		data, err := base64.StdEncoding.DecodeString(word(all[0], "template"))
		if err != nil || len(data) == 0 {
			t.failf("the template is not base64, or empty")
		}
	}},
	{"readTemplate/by-type", "abis.yaml readTemplate biometricType", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		a := t.must(ask("readTemplate", person, visit).with("biometricType", "FACE"))
		if len(items(a.body)) != 1 {
			t.failf("%d templates of one face, when FACE is asked for", len(items(a.body)))
		}
	}},
	{"readTemplate/other-type", "abis.yaml readTemplate 404: unknown biometrics", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		a := t.want(t.send(ask("readTemplate", person, visit).with("biometricType", "IRIS")), http.StatusOK, http.StatusNotFound)
		if len(items(a.body)) != 0 {
			t.failf("a template of an iris that nobody stored")
		}
	}},
	{"readTemplate/type-unknown", "abis.yaml readTemplate biometricType enum, 400", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		t.want(t.send(ask("readTemplate", person, visit).with("biometricType", "GAIT")), http.StatusBadRequest)
	}},
	{"readTemplate/unknown", "abis.yaml readTemplate 404", OSIA, func(t *trial) {
		person, _ := t.enrolled(t.Photos.Mated1)
		t.want(t.send(ask("readTemplate", person, t.id("e"))), http.StatusNotFound)
		t.want(t.send(ask("readTemplate", t.id("p"), t.id("e"))), http.StatusNotFound)
	}},
}

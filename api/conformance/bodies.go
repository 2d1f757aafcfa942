package conformance

import "net/http"

// spoiling makes a request's body one that its schema forbids.
type spoiling struct {
	what, clause string // of the schema
	spoil        func(map[string]any)
}

func without(key string) spoiling {
	return spoiling{key + "-missing", key + " required", func(m map[string]any) { delete(m, key) }}
}

func changed(what, clause, key string, value any) spoiling {
	return spoiling{what, clause, func(m map[string]any) { m[key] = value }}
}

func inFirst(what, clause string, spoil func(item map[string]any)) spoiling {
	return spoiling{what, clause, func(m map[string]any) { spoil(members(items(m["biometricData"])[0])) }}
}

var unknownKey = changed("unknown-key", "additionalProperties false", "unknownKey", "x")

var spoiltEncounters = []spoiling{
	without("status"), without("encounterType"), without("galleries"), without("biometricData"), unknownKey,
	changed("status-unknown", "status enum", "status", "MAYBE"),
	changed("type-no-string", "encounterType string", "encounterType", 7),
	changed("galleries-empty", "galleries minItems 1", "galleries", []any{}),
	changed("galleries-twice", "galleries uniqueItems", "galleries", []any{"a", "a"}),
	changed("galleries-no-array", "galleries array", "galleries", "a"),
	changed("biometricData-no-array", "biometricData array", "biometricData", map[string]any{}),
	changed("integrity-lacks-hash", "Integrity hash required", "integrity", []any{map[string]any{"scope": "$", "alg": "SHA256"}}),
	changed("encryption-unknown", "Encryption type enum", "encryption", map[string]any{"type": "ROT13", "scope": "$.biographicData"}),
	inFirst("item-unknown-key", "BiometricData additionalProperties false", func(m map[string]any) { m["unknownKey"] = "x" }),
	inFirst("item-type-missing", "BiometricData biometricType required", func(m map[string]any) { delete(m, "biometricType") }),
	inFirst("item-type-unknown", "BiometricType enum", func(m map[string]any) { m["biometricType"] = "GAIT" }),
	inFirst("item-subtype-unknown", "BiometricSubType enum", func(m map[string]any) { m["biometricSubType"] = "TAIL" }),
	inFirst("item-width-no-integer", "BiometricData width integer", func(m map[string]any) { m["width"] = "wide" }),
}

var spoiltBodies = map[string][]spoiling{
	"createEncounterNoIds": spoiltEncounters,
	"createEncounterNoId":  spoiltEncounters,
	"createEncounter":      spoiltEncounters,
	"updateEncounter":      spoiltEncounters,
	"identify": {
		without("filter"), without("biometricData"), unknownKey,
		changed("filter-no-object", "Filter object", "filter", []any{}),
		inFirst("item-type-unknown", "BiometricType enum", func(m map[string]any) { m["biometricType"] = "GAIT" }),
	},
	"verifyFromId": {
		without("biometricData"), unknownKey,
		inFirst("item-type-unknown", "BiometricType enum", func(m map[string]any) { m["biometricType"] = "GAIT" }),
	},
	"verifyFromBio": {without("biometricData1"), without("biometricData2"), unknownKey},
}

// everyBody are the checks of wrong bodies: all are answered 400.
func everyBody() []Check {
	var all []Check
	for i := range operations {
		op := &operations[i]
		row := func(what, clause string, spoil func(*trial, request) request) {
			all = append(all, Check{op.id + "/body-" + what, "abis.yaml " + op.id + " " + clause + ", 400", OSIA, func(t *trial) {
				t.want(t.send(spoil(t, t.example(op))), http.StatusBadRequest)
			}})
		}
		raw := func(what, clause, content string) {
			row(what, clause, func(_ *trial, r request) request { return r.bytes([]byte(content)) })
		}
		if op.body == needsBody {
			row("absent", "requestBody required", func(_ *trial, r request) request { return r.bytes(nil) })
		}
		if op.body != noBody {
			raw("cut-off", "application/json", `{"filter":`)
		}
		switch op.id {
		case "updateEncounterGalleries":
			raw("empty", "minItems 1", `[]`)
			raw("twice", "uniqueItems", `["a","a"]`)
			raw("no-array", "array", `{"galleries":["a"]}`)
			raw("no-strings", "items string", `[1]`)
		case "identifyFromId", "identifyFromEncounterId":
			raw("no-object", "Filter object", `[]`)
		}
		for _, s := range spoiltBodies[op.id] {
			row(s.what, s.clause, func(_ *trial, r request) request {
				m := r.members()
				s.spoil(m)
				return r.body(m)
			})
		}
	}
	return all
}

package osia

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"oblik/models"
)

const fuzzImage = 1 << 10

// FuzzDecode gives bytes to every reader of a body. What one accepts must be
// JSON to encoding/json too, and an encounter must survive being written and
// read again.
func FuzzDecode(f *testing.F) {
	for kind, seeds := range [][]string{
		{full, encounterJSON(item("ann")), encounterJSON(), `{"status":"ACTIVE","contextualData":null}`},
		{probeJSON(item("ann")), `{"biometricData":[],"encryption":{"type":"JWE","scope":"$"},"integrity":[]}`},
		{`{"biometricData1":[` + item("a") + `],"biometricData2":[{"biometricType":"IRIS"}]}`},
		{`{"filter":{"biometricType":["FACE","IRIS"]},"biometricData":[` + item("ann") + `]}`, `{"filter":{"a":1}}`},
	} {
		for _, seed := range seeds {
			f.Add(uint8(kind), []byte(seed))
		}
	}
	for _, seed := range []string{"", "\ufeff{}", "{", `{"a":1,"a":2}`, `"\ud800\u0000"`, `[1e999,-0.5E+7]`, strings.Repeat("[", 100), `{"status":"\u0041CTIVE"`} {
		for kind := range uint8(4) {
			f.Add(kind, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		given := bytes.Clone(body)
		var err error
		switch kind % 4 {
		case 0:
			var e encounterBody
			if e, err = decode(body, fuzzImage, true, (*reader).encounter); err == nil {
				writtenAndRead(t, e.Encounter)
			}
		case 1:
			_, err = decode(body, fuzzImage, true, (*reader).verifyFromIDRequest)
		case 2:
			_, err = decode(body, fuzzImage, true, (*reader).verifyFromBioRequest)
		case 3:
			_, err = decode(body, fuzzImage, true, (*reader).identifyRequest)
		}
		if err == nil && !json.Valid(body) {
			t.Errorf("%q is accepted and no JSON", body)
		}
		if !bytes.Equal(given, body) {
			t.Error("the body was changed")
		}
	})
}

func writtenAndRead(t *testing.T, e models.Encounter) {
	written, err := appendEncounter(nil, e)
	if err != nil {
		t.Fatal(err)
	}
	again, err := decode(written, fuzzImage, true, (*reader).encounter)
	if err != nil {
		t.Fatalf("%q: %v", written, err)
	}
	for i := range e.Samples { // see readTemplate
		e.Samples[i].Details = without(e.Samples[i].Details, "template")
	}
	if len(e.ClientData) == 0 {
		e.ClientData, again.ClientData = nil, nil
	}
	if !reflect.DeepEqual(e, again.Encounter) {
		t.Errorf("%+v became %+v", e, again.Encounter)
	}
}

func BenchmarkDecodeIdentify(b *testing.B) {
	body := []byte(`{"filter":{},"biometricData":[` + item(strings.Repeat("x", 6<<20)) + `]}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(body, 6<<20, false, (*reader).identifyRequest); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendEncounter(b *testing.B) {
	e := models.Encounter{Samples: []models.Sample{{Modality: models.Face, Image: make([]byte, 6<<20)}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := appendEncounter(nil, e); err != nil {
			b.Fatal(err)
		}
	}
}

package osia

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func object(t testing.TB, body []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%q: %v", cut(body), err)
	}
	return v
}

func list(t testing.TB, body []byte) []map[string]any {
	t.Helper()
	var v []map[string]any
	if err := json.Unmarshal(body, &v); err != nil || v == nil {
		t.Fatalf("%q: %v", cut(body), err)
	}
	return v
}

func TestTheMainJob(t *testing.T) {
	w := newWorld(t)
	made := object(t, w.want(w.send("POST", "/v1/persons"+tx, encounterJSON(item("ann 2"))), 200, 0).body)
	ann, ok := made["personId"].(string)
	if !ok || ann == "" || !strings.Contains(string(mustJSON(t, made["others"])), `"faces":2`) {
		t.Fatalf("made %v", made)
	}
	w.enroll("bob", "e1", "bob")
	w.want(w.send("POST", "/v1/persons/bob/encounters"+tx, encounterJSON(item("bob"))), 200, 0)
	if all := list(t, w.want(w.send("GET", "/v1/persons/bob/encounters"+tx, ""), 200, 0).body); len(all) != 2 {
		t.Errorf("bob has %d encounters", len(all))
	}
	if g := string(w.want(w.send("GET", "/v1/galleries"+tx, ""), 200, 0).body); g != `["main"]` {
		t.Errorf("galleries %s", g)
	}
	verify := func(person, name string) map[string]any {
		return object(t, w.want(w.send("POST", "/v1/verify/main/"+person+tx, probeJSON(item(name))), 200, 0).body)
	}
	if d := verify(ann, "ann"); d["decision"] != true {
		t.Errorf("ann is %v", d)
	}
	if d := verify("bob", "ann"); d["decision"] != false {
		t.Errorf("ann as bob is %v", d)
	}
	both := `{"biometricData1":[` + item("ann") + `],"biometricData2":[` + item("ann") + `]}`
	if d := object(t, w.want(w.send("POST", "/v1/verify"+tx, both), 200, 0).body); d["decision"] != true {
		t.Errorf("two images of ann: %v", d)
	}
	for _, gallery := range []string{"main", "ALL"} {
		found := list(t, w.want(w.send("POST", "/v1/identify/"+gallery+tx, `{"filter":{},"biometricData":[`+item("bob")+`]}`), 200, 0).body)
		if len(found) == 0 || found[0]["personId"] != "bob" || found[0]["rank"] != 1.0 {
			t.Errorf("in %s: %v", gallery, found)
		}
	}
	w.want(w.send("DELETE", "/v1/persons/bob/encounters/e1"+tx, ""), 204, 0)
	w.want(w.send("DELETE", "/v1/persons/bob"+tx, ""), 204, 0)
	w.want(w.send("DELETE", "/v1/persons/bob"+tx, ""), 404, 40400)
	w.want(w.send("POST", "/v1/verify/main/bob"+tx, probeJSON(item("bob"))), 404, 40400)
	w.want(w.send("GET", "/v1/persons/bob/encounters"+tx, ""), 404, 40400)
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// full has every property that a record may hold.
const full = `{
 "encounterId":"e","status":"INACTIVE","encounterType":"visa <é>","galleries":["b","a"],
 "createdDate":"2020-01-01T00:00:00Z","updatedDate":"2020-01-01T00:00:00+01:00",
 "clientData":"AAEC/w==","contextualData":{"a":[1,2.50,null,{"x":"\u00e9"}]},"biographicData":"encrypted",
 "encryption":{"type":"JWE","scope":"$.biographicData $['contextualData']"},
 "integrity":[{"scope":"$","alg":"SHA256","hash":"00","id":"i","type":"NONE","encrypted":false,"signature":"s","signatureRef":"https://example.org/s"}],
 "biometricData":[
  {"biometricType":"FACE","biometricSubType":"PORTRAIT","instance":"1","encounterId":"e","image":"YW5u",
   "captureDate":"2019-05-21T12:00:00+01:00","captureDevice":"cam","width":640,"height":480,"bitdepth":8,"mimeType":"image/jpeg",
   "resolution":300,"compression":"JPEG","metadata":"m","comment":"c","template":"AAAA","templateRef":"http://example.org/t",
   "templateFormat":"OWN","quality":-1,"qualityFormat":"ISO_19794","algorithm":"alg","vendor":"v",
   "integrity":[{"scope":"$.image","alg":"SHA256","hash":"11"}]},
  {"biometricType":"FINGER","impressionType":"LIVE_SCAN_PLAIN","missing":[{"biometricSubType":"LEFT_THUMB","presence":"BANDAGED"}],
   "encryption":{"type":"PKCS7","scope":"$.image"},"image":"AQID"},
  {"biometricType":"IRIS"}]}`

func TestRoundTrip(t *testing.T) {
	w := newWorld(t)
	w.want(w.send("POST", "/v1/persons/p/encounters/e"+tx, full), 200, 0)
	got := object(t, w.want(w.send("GET", "/v1/persons/p/encounters/e"+tx, ""), 200, 0).body)
	want := object(t, []byte(strings.Replace(full, `"template":"AAAA",`, "", 1))) // see readTemplate
	for _, date := range []string{"createdDate", "updatedDate"} {
		if got[date] == want[date] || got[date] == nil {
			t.Errorf("%s is the client's: %v", date, got[date])
		}
		delete(got, date)
		delete(want, date)
	}
	for key := range want {
		if !reflect.DeepEqual(got[key], want[key]) {
			t.Errorf("%s: got %v, want %v", key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d keys, want %d", len(got), len(want))
	}
}

func TestInactiveAndOtherModalities(t *testing.T) {
	w := newWorld(t)
	w.want(w.send("POST", "/v1/persons/p/encounters/e"+tx, full), 200, 0)
	d := w.want(w.send("POST", "/v1/verify/a/p"+tx, probeJSON(item("ann"))), 200, 0)
	if string(d.body) != `{"decision":false,"scores":[]}` {
		t.Errorf("of an INACTIVE record: %s", d.body)
	}
	w.want(w.send("POST", "/v1/verify/a/p"+tx, probeJSON(item("error 11"))), 400, 40020)
	found := w.want(w.send("POST", "/v1/identify/a"+tx, `{"filter":{},"biometricData":[`+item("ann")+`]}`), 200, 0)
	if string(found.body) != `[]` {
		t.Errorf("found %s", found.body)
	}
	found = w.want(w.send("POST", "/v1/identify/a"+tx, `{"filter":{"biometricType":["IRIS"]},"biometricData":[`+item("ann")+`]}`), 200, 0)
	if string(found.body) != `[]` {
		t.Errorf("found %s", found.body)
	}
	w.want(w.send("POST", "/v1/identify/none"+tx, `{"filter":{},"biometricData":[`+item("ann")+`]}`), 404, 40400)
	w.want(w.send("POST", "/v1/identify/a"+tx, `{"filter":{},"biometricData":[{"biometricType":"IRIS"}]}`), 400, 40000)
	made := w.want(w.send("POST", "/v1/persons"+tx, encounterJSON()), 200, 0)
	if !strings.Contains(string(made.body), `"quality":[]`) {
		t.Errorf("made %s", made.body)
	}
}

func TestThirtyTwoAtOnceAnswerAlike(t *testing.T) {
	w := newWorld(t)
	w.enroll("p", "e", "ann")
	want := string(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item("ann"))).body)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if r := w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item("ann"))); string(r.body) != want {
				t.Errorf("%d %s, want %s", r.status, r.body, want)
			}
		})
	}
	wg.Wait()
}

func TestNothingPersonalIsLogged(t *testing.T) {
	w := newWorld(t)
	w.enroll("hidden-person", "hidden-visit", "hidden-image")
	w.send("POST", "/v1/verify/main/hidden-person"+tx, probeJSON(item("hidden-image")))
	w.send("POST", "/v1/verify/main/hidden-person"+tx, probeJSON(item("panic")))
	w.send("POST", "/v1/persons"+tx, `{"hidden-key":1}`)
	w.send("GET", "/v1/persons/hidden-person"+tx+strings.Repeat("x", 100), "", func(q *http.Request) { q.Header.Set("X-Forwarded-For", "hidden") })
	w.send("DELETE", "/v1/persons/hidden-person?transactionId="+strings.Repeat("x", 100), "")
	log := w.log.String()
	if strings.Contains(log, "hidden") || strings.Contains(log, w.token(Scopes()...)) || strings.Contains(log, "/v1/") {
		t.Errorf("the log tells: %s", log)
	}
	if !strings.Contains(log, "operation=createEncounter status=200 code=0") || !strings.Contains(log, "transaction="+strings.Repeat("x", 64)+"\n") {
		t.Errorf("the log lacks what it should tell: %s", log)
	}
}

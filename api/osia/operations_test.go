package osia

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// visits is where the tests' record is.
const visits = "/v1/persons/p/encounters/e"

// identifyJSON is a search for whom an item shows.
func identifyJSON(filter string, items ...string) string {
	return `{"filter":` + filter + `,"biometricData":[` + strings.Join(items, ",") + `]}`
}

// found are the candidates of a search, as "person person".
func (w *world) found(path, body string) string {
	w.Helper()
	var all []struct {
		PersonID string `json:"personId"`
		Rank     int    `json:"rank"`
	}
	r := w.want(w.send("POST", path+tx, body), 200, 0)
	if err := json.Unmarshal(r.body, &all); err != nil || all == nil {
		w.Fatalf("%s: %v", r.body, err)
	}
	people := []string{}
	for i, c := range all {
		if c.Rank != i+1 {
			w.Errorf("rank %d at %d", c.Rank, i)
		}
		people = append(people, c.PersonID)
	}
	return strings.Join(people, " ")
}

func TestUpdateReplaces(t *testing.T) {
	w := newWorld(t)
	w.enroll("p", "e", "ann")
	before := object(t, w.send("GET", visits+tx, "").body)
	w.want(w.send("PUT", visits+tx, encounterJSON(item("bob"))), 200, 0)
	after := object(t, w.send("GET", visits+tx, "").body)
	if before["createdDate"] != after["createdDate"] || before["updatedDate"] == after["updatedDate"] {
		t.Errorf("before %v, after %v", before, after)
	}
	if got := w.found("/v1/identify/main", identifyJSON("{}", item("ann"))); got != "" {
		t.Errorf("the old face finds %s", got)
	}
	if got := w.found("/v1/identify/main", identifyJSON("{}", item("bob"))); got != "p" {
		t.Errorf("the new face finds %q", got)
	}
	w.want(w.send("PUT", "/v1/persons/p/encounters/unknown"+tx, encounterJSON()), 404, 40400)
	w.want(w.send("PUT", "/v1/persons/nobody/encounters/e"+tx, encounterJSON()), 404, 40400)
	w.want(w.send("PUT", visits+tx, encounterJSON(item("error 11"))), 400, 40020)
	w.want(w.send("PUT", visits+tx, `{"encounterId":"other",`+encounterJSON()[1:]), 400, 40000)
	w.want(w.send("PUT", visits+tx, ""), 400, 40001)
	read := w.send("GET", visits+tx, "").body
	w.want(w.send("PUT", visits+tx, string(read)), 200, 0) // what was read can be sent back
	w.want(w.send("PUT", visits+tx, encounterJSON()), 200, 0)
	if r := w.send("GET", visits+tx, ""); strings.Contains(string(r.body), "image") {
		t.Errorf("an image is left: %s", cut(r.body))
	}
}

func TestStatusAndGalleries(t *testing.T) {
	w := newWorld(t)
	w.enroll("p", "e", "ann")
	search := identifyJSON("{}", item("ann"))
	for _, c := range []struct{ query, found string }{
		{"&status=INACTIVE", ""}, {"&status=active", "p"}, {"&status=inactive", ""}, {"&status=ACTIVE", "p"},
	} {
		if r := w.want(w.send("PUT", visits+"/status"+tx+c.query, ""), 204, 0); len(r.body) > 0 {
			t.Errorf("%s", r.body)
		}
		if got := w.found("/v1/identify/ALL", search); got != c.found {
			t.Errorf("%s: found %q", c.query, got)
		}
	}
	w.want(w.send("PUT", visits+"/status"+tx, ""), 400, 40002)
	w.want(w.send("PUT", visits+"/status"+tx+"&status=GONE", ""), 400, 40002)
	w.want(w.send("PUT", "/v1/persons/p/encounters/x/status"+tx+"&status=ACTIVE", ""), 404, 40400)

	galleries := visits + "/galleries" + tx
	w.want(w.send("PUT", galleries, `["vip","wanted"]`), 204, 0)
	w.want(w.send("POST", "/v1/identify/main"+tx, search), 404, 40400) // emptied
	if got := w.found("/v1/identify/vip", search); got != "p" {
		t.Errorf("found %q", got)
	}
	if r := w.send("GET", "/v1/galleries"+tx, ""); string(r.body) != `["vip","wanted"]` {
		t.Errorf("%s", r.body)
	}
	for _, body := range []string{`[]`, `["a","a"]`, `["ALL"]`, `["é"]`, `[1]`, `{}`, ``, `null`} {
		w.want(w.send("PUT", galleries, body), 400, 0)
	}
	w.want(w.send("PUT", "/v1/persons/x/encounters/e/galleries"+tx, `["a"]`), 404, 40400)
}

func TestMergeAndMove(t *testing.T) {
	w := newWorld(t)
	w.enroll("p", "e", "ann")
	w.enroll("q", "e", "ann")
	w.enroll("q", "f", "ann")
	w.want(w.send("POST", "/v1/persons/p/merge/q"+tx, ""), 409, 40900)
	w.want(w.send("POST", "/v1/persons/p/merge/p"+tx, ""), 409, 40900)
	w.want(w.send("POST", "/v1/persons/p/merge/nobody"+tx, ""), 404, 40400)
	w.want(w.send("POST", "/v1/persons/nobody/merge/p"+tx, ""), 404, 40400)
	w.want(w.send("POST", "/v1/persons/p/move/q/encounters/e"+tx, ""), 409, 40900)
	w.want(w.send("POST", "/v1/persons/p/move/q/encounters/unknown"+tx, ""), 404, 40400)
	w.want(w.send("POST", "/v1/persons/p/move/q/encounters/f"+tx, ""), 204, 0)
	w.want(w.send("GET", "/v1/persons/p/encounters/f"+tx, ""), 200, 0)
	w.want(w.send("GET", "/v1/persons/q/encounters/f"+tx, ""), 404, 40400)
	w.want(w.send("DELETE", visits+tx, ""), 204, 0)
	w.want(w.send("POST", "/v1/persons/p/merge/q"+tx, ""), 204, 0)
	w.want(w.send("GET", "/v1/persons/q/encounters"+tx, ""), 404, 40400)
	if got := w.found("/v1/identify/ALL", identifyJSON("{}", item("ann"))); got != "p" {
		t.Errorf("found %q", got)
	}
}

func TestGalleryContent(t *testing.T) {
	w := newWorld(t)
	for _, key := range [][2]string{{"b", "1"}, {"a", "2"}, {"a", "1"}, {"c", "1"}} {
		w.want(w.send("POST", "/v1/persons/"+key[0]+"/encounters/"+key[1]+tx, encounterJSON()), 200, 0)
	}
	pair := func(p, e string) string { return `{"personId":"` + p + `","encounterId":"` + e + `"}` }
	for query, want := range map[string]string{
		"":                   "[" + strings.Join([]string{pair("a", "1"), pair("a", "2"), pair("b", "1"), pair("c", "1")}, ",") + "]",
		"&offset=1&limit=2":  "[" + pair("a", "2") + "," + pair("b", "1") + "]",
		"&offset=3&limit=10": "[" + pair("c", "1") + "]",
		"&offset=4":          "[]",
	} {
		for _, gallery := range []string{"main", "ALL"} {
			r := w.want(w.send("GET", "/v1/galleries/"+gallery+tx+query, ""), 200, 0)
			if string(r.body) != want {
				t.Errorf("%s %s: %s", gallery, query, r.body)
			}
		}
	}
	w.want(w.send("GET", "/v1/galleries/none"+tx, ""), 404, 40400)
	for _, query := range []string{"&offset=-1", "&limit=0", "&limit=x", "&limit=1000000", "&offset=99999999999"} {
		w.want(w.send("GET", "/v1/galleries/main"+tx+query, ""), 400, 40002)
	}
	for accept, csv := range map[string]bool{
		"text/csv": true, "application/json": false, "*/*": false, "text/csv;q=0.9, application/json;q=0.1": true, "": false,
	} {
		r := w.want(w.send("GET", "/v1/galleries/main"+tx+"&limit=2", "", func(q *http.Request) { q.Header.Set("Accept", accept) }), 200, 0)
		if got := r.header.Get("Content-Type"); (got == "text/csv") != csv {
			t.Errorf("Accept %q: %s", accept, got)
		}
		if csv && string(r.body) != "PersonId, encounterId\na,1\na,2\n" {
			t.Errorf("%q", r.body)
		}
	}
}

func TestTemplatesLeaveHereAlone(t *testing.T) {
	w := newWorld(t)
	w.want(w.send("POST", visits+tx, full), 200, 0)
	templates := visits + "/templates" + tx
	all := list(t, w.want(w.send("GET", templates, ""), 200, 0).body)
	if len(all) != 2 || all[0]["templateFormat"] != "OBLIK_test" || all[0]["instance"] != "1" || all[1]["template"] != "AAAA" || all[1]["templateFormat"] != "OWN" {
		t.Errorf("%v", all)
	}
	for query, n := range map[string]int{
		"&biometricType=FACE&biometricSubType=PORTRAIT&instance=1": 2, "&templateFormat=OWN": 1, "&templateFormat=OBLIK_test": 1,
		"&templateFormat=ISO_19794_2": 0, "&qualityFormat=ISO_19794": 1, "&biometricType=IRIS": 0,
	} {
		if got := list(t, w.want(w.send("GET", templates+query, ""), 200, 0).body); len(got) != n {
			t.Errorf("%s: %d", query, len(got))
		}
	}
	w.want(w.send("GET", templates+"&biometricType=SIGNATURE", ""), 404, 40400)
	w.want(w.send("GET", templates+"&biometricType=EAR", ""), 400, 40002)
	w.want(w.send("GET", "/v1/persons/p/encounters/x/templates"+tx, ""), 404, 40400)
	if r := w.send("GET", visits+tx, ""); strings.Contains(string(r.body), `"template":`) {
		t.Errorf("a template leaves with the record")
	}
}

// A face that the client has encrypted is kept as it came, whatever the order
// of the keys, and compared with nobody.
func TestEncryptedFacesAreKept(t *testing.T) {
	w := newWorld(t)
	const sealed = "eyJ.not-base64.<é>"
	item := `{"biometricType":"FACE","image":"` + sealed + `"}`
	for name, body := range map[string]string{
		"item":         strings.Replace(encounterJSON(item), `"image"`, `"encryption":{"type":"JWE","scope":"$.image"},"image"`, 1),
		"item, after":  strings.Replace(encounterJSON(item), sealed+`"`, sealed+`","encryption":{"type":"JWE","scope":"$.image"}`, 1),
		"record":       `{"encryption":{"type":"JWE","scope":"$.biometricData"},` + encounterJSON(item)[1:],
		"record after": strings.TrimSuffix(encounterJSON(item), "}") + `,"encryption":{"type":"JWE","scope":"$"}}`,
	} {
		made := w.want(w.send("POST", "/v1/persons/p/encounters/e"+tx, body), 200, 0)
		if !strings.Contains(string(made.body), `"quality":[]`) {
			t.Errorf("%s: %s", name, made.body)
		}
		read := object(t, w.want(w.send("GET", visits+tx, ""), 200, 0).body)
		if got := children(t, read["biometricData"])[0]["image"]; got != sealed {
			t.Errorf("%s: read %v", name, got)
		}
		d := w.want(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(`{"biometricType":"FACE","image":"`+base64.StdEncoding.EncodeToString([]byte("ann"))+`"}`)), 200, 0)
		if string(d.body) != `{"decision":false,"scores":[]}` {
			t.Errorf("%s: %s", name, d.body)
		}
		w.want(w.send("PUT", visits+tx, string(w.send("GET", visits+tx, "").body)), 200, 0)
		w.want(w.send("DELETE", visits+tx, ""), 204, 0)
	}
	w.want(w.send("POST", visits+tx, encounterJSON(item)), 400, 40017) // in clear it is base64
}

func TestIdentifyStored(t *testing.T) {
	w := newWorld(t)
	w.enroll("p", "e", "ann")
	w.enroll("q", "e", "ann")
	w.enroll("r", "e", "bob")
	for _, body := range []string{"", "{}", `{"biometricType":["FACE"]}`} {
		for _, path := range []string{"/v1/identify/main/p", "/v1/identify/ALL/p/encounters/e"} {
			if got := w.found(path, body); got != "q" {
				t.Errorf("%s %s: found %q", path, body, got)
			}
		}
	}
	w.want(w.send("POST", "/v1/identify/main/nobody"+tx, ""), 404, 40400)
	w.want(w.send("POST", "/v1/identify/none/p"+tx, ""), 404, 40400)
	w.want(w.send("POST", "/v1/identify/main/p/encounters/x"+tx, ""), 404, 40400)
	w.want(w.send("POST", "/v1/identify/main/p"+tx, `{"gendre":"F"}`), 400, 40004)
	w.want(w.send("POST", "/v1/identify/main/p"+tx, `[]`), 400, 40001)
}

func TestFilters(t *testing.T) {
	w := newWorld(t)
	for person, data := range map[string]string{
		"a": `{"dateOfBirth":"1980-05-06","gender":"F"}`, "b": `{"dateOfBirth":"1990-05-06","gender":"M"}`, "c": `"encrypted"`,
	} {
		body := `{"biographicData":` + data + `,"contextualData":{"region":"north"},` + encounterJSON(item("ann"))[1:]
		w.want(w.send("POST", "/v1/persons/"+person+"/encounters/e"+tx, body), 200, 0)
	}
	for filter, want := range map[string]string{
		`{}`: "a b c", `{"gender":"F"}`: "a", `{"gender":["F","M"]}`: "a b", `{"region":"north"}`: "a b c", `{"region":"south"}`: "",
		`{"dateOfBirthMin":"1980-05-06","dateOfBirthMax":"1985-01-01"}`: "a", `{"dateOfBirthMin":"1985-01-01"}`: "b",
		`{"encounterType":"test"}`: "a b c", `{"encounterType":"visa"}`: "", `{"gender":"F","dateOfBirthMin":"1985-01-01"}`: "",
	} {
		if got := w.found("/v1/identify/main", identifyJSON(filter, item("ann"))); got != want {
			t.Errorf("%s: found %q, want %q", filter, got, want)
		}
	}
	for _, filter := range []string{`{"surname":"x"}`, `{"gender":{}}`, `{"gender":null}`, `{"dateOfBirthMin":["1980-01-01"]}`, `{"biometricType":["EAR"]}`} {
		w.want(w.send("POST", "/v1/identify/main"+tx, identifyJSON(filter, item("ann"))), 400, 40004)
	}
}

package osia

import (
	"net/http"
	"strings"
	"testing"
)

func withKey(keys ...string) func(*http.Request) {
	return func(r *http.Request) {
		for _, k := range keys {
			r.Header.Add(headerOnce, k)
		}
	}
}

// Row 41: a key is optional; what is no key is refused; the same request sent
// again gets the same answer to the byte; with another body the key is refused;
// another client's and another route's are others.
func TestIdempotencyKey(t *testing.T) {
	w := newWorld(t)
	body := encounterJSON(item("ann"))
	for name, keys := range map[string][]string{
		"empty": {""}, "two": {"a", "b"}, "long": {strings.Repeat("k", 256)}, "10 kB": {strings.Repeat("k", 10_000)},
		"blank": {"a b"}, "not ASCII": {"ключ"},
	} {
		r := w.send("POST", "/v1/persons"+tx, body, withKey(keys...))
		if got, _ := r.fault(t); r.status != 400 || got != int(codeOnce) {
			t.Errorf("%s: %d %s", name, r.status, cut(r.body))
		}
	}

	first := w.want(w.send("POST", "/v1/persons"+tx, body, withKey("1")), 200, 0)
	again := w.want(w.send("POST", "/v1/persons?transactionId=another", body, withKey("1")), 200, 0)
	if string(again.body) != string(first.body) {
		t.Errorf("%s, then %s", first.body, again.body)
	}
	w.want(w.send("POST", "/v1/persons"+tx, encounterJSON(item("bob")), withKey("1")), 400, 40006)

	if other := w.want(w.send("POST", "/v1/persons/p/encounters"+tx, body, withKey("1")), 200, 0); string(other.body) == string(first.body) {
		t.Error("another route gave the first one's outcome")
	}
	nobody := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+w.tokenOf("")) }
	w.want(w.send("POST", "/v1/persons"+tx, body, withKey("1"), nobody), 400, int(codeOnce))

	stranger := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+w.tokenOf("somebody else")) }
	if other := w.want(w.send("POST", "/v1/persons"+tx, body, withKey("1"), stranger), 200, 0); string(other.body) == string(first.body) {
		t.Error("another client was given the first one's outcome")
	}
}

// An erasure with a key is 204 again; without one it is 404 the second time.
func TestIdempotencyKeyOfAnErasure(t *testing.T) {
	w := newWorld(t)
	w.enroll("ann", "1", "ann")
	w.enroll("bob", "1", "bob")
	w.want(w.send("DELETE", "/v1/persons/ann"+tx, "", withKey("1")), 204, 0)
	w.want(w.send("DELETE", "/v1/persons/ann"+tx, "", withKey("1")), 204, 0)
	w.want(w.send("DELETE", "/v1/persons/ann"+tx, ""), 404, 40400)
	again := encounterJSON(item("ann"))
	w.want(w.send("POST", "/v1/persons/ann/encounters/1"+tx, again, withKey("2")), 200, 0)
	w.want(w.send("DELETE", "/v1/persons/ann/encounters/1"+tx, "", withKey("2")), 204, 0) // another method, another claim
	w.want(w.send("DELETE", "/v1/persons/bob/encounters/1"+tx, "", withKey("1")), 204, 0)
	w.want(w.send("DELETE", "/v1/persons/bob/encounters/1"+tx, "", withKey("1")), 204, 0)
	w.want(w.send("DELETE", "/v1/persons/bob/encounters/1"+tx, "", withKey("2")), 404, 40400)
	w.enroll("bob", "1", "bob")
	w.want(w.send("DELETE", "/v1/persons/bob/encounters/1"+tx, "", withKey("2")), 404, 40400)
	w.want(w.send("GET", "/v1/persons/bob/encounters/1"+tx, ""), 200, 0)
}

// What updateEncounterStatus asks for is in the query.
func TestIdempotencyKeyOfAStatus(t *testing.T) {
	w := newWorld(t)
	w.enroll("ann", "1", "ann")
	path := "/v1/persons/ann/encounters/1/status" + tx + "&status="
	w.want(w.send("PUT", path+"ACTIVE", "", withKey("1")), 204, 0)
	w.want(w.send("PUT", path+"active", "", withKey("1")), 204, 0)
	w.want(w.send("PUT", path+"INACTIVE", "", withKey("1")), 400, 40006)
}

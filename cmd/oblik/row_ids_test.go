package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Row 40: ids that are none. Whatever a path holds is refused as an id or is
// another path, to enrol and to read.
func TestRowsOfIDs(t *testing.T) {
	s, set := withP(t)
	body := text(t, encounter(photoFile(t, "obama.jpg")))
	for _, id := range []string{
		"", " p", "p ", "p\x00", "%00", "\u202egnp", "pаypal" /* Cyrillic а */, "😀", "..", "../p", "p/../q", "'; drop table persons; --",
		"-p", ".p", "a b", "a+b?", "a#b", "\\p", strings.Repeat("p", 129), strings.Repeat("p", 7_000),
	} {
		escaped := strings.ReplaceAll(url.PathEscape(id), ".", "%2E")
		for _, path := range []string{"/v1/persons/" + escaped + "/encounters/1", "/v1/persons/q/encounters/" + escaped} {
			for _, method := range []string{"POST", "GET", "DELETE"} {
				sent := ""
				if method == "POST" {
					sent = body
				}
				a := s.send(method, path+"?transactionId=t", sent)
				if a.Code != 40000 && a.Code != 40401 && (id != "" || a.Code != 40500) {
					t.Errorf("%s as %.60q: status %d, code %d (%s)", method, path, a.status, a.Code, a.Message)
				}
			}
		}
	}
	if a := s.send("GET", "/v1/persons/"+strings.Repeat("p", 1<<20)+"/encounters/1?transactionId=t", ""); a.Code != 43100 {
		t.Errorf("an id of 1 MB: code %d (%s)", a.Code, a.Message)
	}
	if a := s.send("GET", "/v1/persons/P/encounters/1?transactionId=t", ""); a.Code != 40400 {
		t.Errorf("a person in capitals: code %d", a.Code)
	}
	nothingLeft(t, s, set)
}

// Row 41: Idempotency-Keys.
func TestRowsOfIdempotencyKeys(t *testing.T) {
	s, _ := withP(t)
	one, other := text(t, encounter(photoFile(t, "obama.jpg"))), text(t, encounter(photoFile(t, "biden.jpg")))
	create := func(path, body string, keys ...string) rowAnswer {
		headers := make([][2]string, len(keys))
		for i, key := range keys {
			headers[i] = [2]string{"Idempotency-Key", key}
		}
		return s.send("POST", path+"?transactionId=t", body, headers...)
	}
	for name, keys := range map[string][]string{
		"a blank": {"a b"}, "two": {"a", "b"}, "10 kB": {strings.Repeat("k", 10_000)}, "other letters": {"ключ"},
	} {
		if a := create("/v1/persons", one, keys...); a.Code != 40005 {
			t.Errorf("%s: code %d (%s)", name, a.Code, a.Message)
		}
	}
	empty := s.raw("POST /v1/persons?transactionId=t HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " +
		s.token + "\r\nIdempotency-Key:\r\nContent-Length: 2\r\n\r\n{}")
	if empty.Code != 40005 {
		t.Errorf("an empty one: code %d (%s)", empty.Code, empty.Message)
	}
	if people := peopleOf(t, s); len(people) != 1 {
		t.Errorf("after refusals %q are on record", people)
	}
	first := create("/v1/persons", one, "k")
	if again := create("/v1/persons", one, "k"); first.status != 200 || string(again.text) != string(first.text) {
		t.Errorf("%d %s, then %d %s", first.status, first.text, again.status, again.text)
	}
	if a := create("/v1/persons", other, "k"); a.Code != 40006 {
		t.Errorf("with another body: code %d (%s)", a.Code, a.Message)
	}
	if a := create("/v1/persons/r/encounters", one, "k"); a.status != 200 {
		t.Errorf("on another route: %d %s", a.status, a.Message)
	}
	if a, b := create("/v1/persons", one), create("/v1/persons", one); string(a.text) == string(b.text) || a.status+b.status != 400 {
		t.Errorf("without a key: %s, %s", a.text, b.text)
	}
	if people := peopleOf(t, s); len(people) != 5 || !slices.Contains(people, "r") {
		t.Errorf("on record are %q", people)
	}
	s.stop()
}

// peopleOf asks the service who is in the gallery of the tests.
func peopleOf(t testing.TB, s *server) (people []string) {
	t.Helper()
	var all []struct{ PersonID string }
	if status := s.do("GET", "/v1/galleries/g", nil, &all); status != 200 {
		t.Errorf("the gallery's content: %d", status)
	}
	for _, p := range all {
		people = append(people, p.PersonID)
	}
	return people
}

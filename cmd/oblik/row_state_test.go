package main

import (
	"sync"
	"testing"
)

// Row 46: who is unknown, erased or in another gallery gets the same answer to
// the byte; who is blocked never matches.
func TestRowsOfWhoIsNotThere(t *testing.T) {
	s, _ := withP(t)
	photo := photoFile(t, "obama2.jpg")
	if status := s.do("POST", "/v1/persons/erased/encounters/1", encounter(photo), nil); status != 200 {
		t.Fatalf("enrol: %d", status)
	}
	if status := s.do("DELETE", "/v1/persons/erased", nil, nil); status != 204 {
		t.Fatalf("erase: %d", status)
	}
	blocked := encounter(photo)
	blocked["status"] = "INACTIVE"
	if status := s.do("POST", "/v1/persons/blocked/encounters/1", blocked, nil); status != 200 {
		t.Fatalf("enrol as inactive: %d", status)
	}
	status, unknown := s.once("", "POST", "/v1/verify/g/unknown", probe(photo))
	if status != 404 {
		t.Errorf("unknown: %d", status)
	}
	for _, path := range []string{"/v1/verify/g/erased", "/v1/verify/ALL/erased", "/v1/verify/other/p", "/v1/verify/other/erased"} {
		if status, said := s.once("", "POST", path, probe(photo)); status != 404 || string(said) != string(unknown) {
			t.Errorf("%s: %d %s, who is unknown %s", path, status, said, unknown)
		}
	}
	var v verified
	if status := s.do("POST", "/v1/verify/g/blocked", probe(photo), &v); status != 200 || v.Decision || len(v.Scores) != 0 {
		t.Errorf("blocked: %d %+v", status, v)
	}
	s.stop()
}

// Row 47: bounds of a search, and a search among nobody.
func TestRowsOfSearches(t *testing.T) {
	s := startServer(t, t.TempDir(), nil)
	q := map[string]any{"filter": map[string]any{}, "biometricData": faces(photoFile(t, "obama.jpg"))}
	if a := s.send("POST", "/v1/identify/ALL?transactionId=t", text(t, q)); a.status != 200 || string(a.text) != "[]" {
		t.Errorf("among nobody: %d %s", a.status, a.text)
	}
	if a := s.send("POST", "/v1/identify/g?transactionId=t", text(t, q)); a.Code != 40400 {
		t.Errorf("in a gallery that is not there: code %d", a.Code)
	}
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("a good photograph: %d", status)
	}
	for query, code := range map[string]int{
		"maxNbCand=0": 40002, "maxNbCand=-1": 40002, "maxNbCand=1000000000": 40002, "maxNbCand=1.5": 40002, "maxNbCand=": 40002,
		"threshold=0": 40000, "threshold=1.1": 40000, "threshold=NaN": 40002, "threshold=Inf": 40002, "threshold=1e999": 40002,
		"threshold=-40": 40000, "Threshold=40": 40002, "maxNbCand=1&maxNbCand=2": 40002, "maxNbCand=1000&threshold=40": 0,
	} {
		if a := s.send("POST", "/v1/identify/g?transactionId=t&"+query, text(t, q)); a.Code != code || code == 0 && a.status != 200 {
			t.Errorf("%s: status %d, code %d (%s), want %d", query, a.status, a.Code, a.Message, code)
		}
	}
	s.stop()
}

// Row 48: what is there already, and what is no longer there.
func TestRowsOfRecords(t *testing.T) {
	s, set := withP(t)
	photo := photoFile(t, "obama.jpg")
	for _, c := range []struct {
		name, method, path string
		body               any
		status             int
	}{
		{"enrol an id that is taken", "POST", "/v1/persons/p/encounters/1", encounter(photo), 409},
		{"erase who is unknown", "DELETE", "/v1/persons/q", nil, 404},
		{"erase what is unknown", "DELETE", "/v1/persons/p/encounters/2", nil, 404},
		{"erase", "DELETE", "/v1/persons/p/encounters/1", nil, 204},
		{"erase again", "DELETE", "/v1/persons/p/encounters/1", nil, 404},
		{"erase the person then", "DELETE", "/v1/persons/p", nil, 404},
		{"update what was erased", "PUT", "/v1/persons/p/encounters/1", encounter(photo), 404},
		{"read it", "GET", "/v1/persons/p/encounters/1", nil, 404},
	} {
		if status := s.do(c.method, c.path, c.body, nil); status != c.status {
			t.Errorf("%s: %d, want %d", c.name, status, c.status)
		}
	}
	// enrolled while it is being erased: each answer is one of two, and the last word is the record's
	for range 20 {
		var both sync.WaitGroup
		both.Go(func() {
			if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photo), nil); status != 200 && status != 409 {
				t.Errorf("enrol beside an erasure: %d", status)
			}
		})
		both.Go(func() {
			if status := s.do("DELETE", "/v1/persons/p", nil, nil); status != 204 && status != 404 {
				t.Errorf("erase beside an enrolment: %d", status)
			}
		})
		both.Wait()
	}
	onRecord := s.do("GET", "/v1/persons/p/encounters/1", nil, nil)
	if status := s.do("POST", "/v1/verify/ALL/p", probe(photo), nil); status != onRecord {
		t.Errorf("read %d, verify %d", onRecord, status)
	}
	if status := s.do("DELETE", "/v1/persons/p", nil, nil); status != map[int]int{200: 204, 404: 404}[onRecord] {
		t.Errorf("erased at last: %d after %d", status, onRecord)
	}
	s.stop()
	if r := set.sweep(t); r.References+r.Missing+r.Corrupt != 0 {
		t.Errorf("in the stores: %+v", r)
	}
}

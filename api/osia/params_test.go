package osia

import (
	"net/url"
	"strings"
	"testing"
)

func TestQueryParameters(t *testing.T) {
	w := newWorld(t)
	w.enroll("p", "e", "ann")
	verify := func(query string) reply { return w.send("POST", "/v1/verify/main/p?"+query, probeJSON(item("ann"))) }
	search := func(query string) reply {
		return w.send("POST", "/v1/identify/main?"+query, `{"filter":{},"biometricData":[`+item("ann")+`]}`)
	}
	templates := func(query string) reply { return w.send("GET", "/v1/persons/p/encounters/e/templates?"+query, "") }
	for _, c := range []struct {
		send  func(string) reply
		query string
		code  int
	}{
		{verify, "", 40002},
		{verify, "transactionId=", 40002},
		{verify, "transactionId=" + strings.Repeat("x", 257), 40002},
		{verify, "transactionId=a&transactionId=a", 40002},
		{verify, "transactionId=%zz", 40002},
		{verify, "transactionId=a;b", 40002},
		{verify, "transactionId=a&Threshold=50", 40002},
		{verify, "transactionId=a&maxNbCand=5", 40002}, // belongs to identify
		{verify, "transactionId=a&callback=http://example.org", 40003},
		{verify, "transactionId=a&priority=10", 40002},
		{verify, "transactionId=a&priority=-1", 40002},
		{verify, "transactionId=a&priority=", 40002},
		{verify, "transactionId=a&serviceLevel=1.5", 40002},
		{verify, "transactionId=a&threshold=0", 40000},
		{verify, "transactionId=a&threshold=29.99", 40000},
		{verify, "transactionId=a&threshold=100.1", 40000},
		{verify, "transactionId=a&threshold=NaN", 40002},
		{verify, "transactionId=a&threshold=Inf", 40002},
		{verify, "transactionId=a&threshold=1e999", 40002},
		{verify, "transactionId=a&threshold=0x28", 40002},
		{verify, "transactionId=a&threshold=4_0", 40002},
		{verify, "transactionId=a&threshold=", 40002},
		{verify, "transactionId=%C3%A9&threshold=100&priority=0&accuracyLevel=high&serviceLevel=9", 0},
		{templates, "transactionId=a&biometricType=", 40002},
		{templates, "transactionId=a&biometricSubType=", 40002},
		{templates, "transactionId=a&biometricType=FACE", 0},
		{search, "transactionId=a&maxNbCand=0", 40002},
		{search, "transactionId=a&maxNbCand=-1", 40002},
		{search, "transactionId=a&maxNbCand=1000000000", 40002},
		{search, "transactionId=a&maxNbCand=1001", 40002},
		{search, "transactionId=a&threshold=1.1", 40000},
		{search, "transactionId=a&maxNbCand=1000&threshold=1.5e1", 0},
	} {
		t.Run(c.query[:min(len(c.query), 60)], func(t *testing.T) {
			if c.code == 0 {
				w.want(c.send(c.query), 200, 0)
				return
			}
			w.want(c.send(c.query), c.code/100, c.code)
		})
	}
}

func TestIDs(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{
		"..", "../x", "a/b", "a b", " a", "a\x00", "\u202egnp", "pаypal" /* Cyrillic а */, "'; drop table", "😀",
		"%", "-a", strings.Repeat("a", 129), strings.Repeat("a", 10_000),
	} {
		path := "/v1/persons/" + url.PathEscape(id) + "/encounters"
		w.want(w.send("GET", strings.ReplaceAll(path, "..", "%2E%2E")+tx, ""), 400, 40000)
	}
	w.want(w.send("GET", "/v1/persons//encounters"+tx, ""), 404, 40401)
	w.want(w.send("GET", "/v1/persons/%2e%2e%2fgalleries"+tx, ""), 405, 40500)
	w.want(w.send("POST", "/v1/verify/a%20b/p"+tx, probeJSON(item("ann"))), 400, 40000)
	w.want(w.send("POST", "/v1/identify/a%2Fb"+tx, `{"filter":{},"biometricData":[]}`), 400, 40000)
	w.want(w.send("DELETE", "/v1/persons/p/encounters/a%2Fb"+tx, ""), 400, 40000)
	w.enroll("a%40b%3A1", "E", "ann")
	w.want(w.send("GET", "/v1/persons/a@b:1/encounters/E"+tx, ""), 200, 0)
	w.want(w.send("GET", "/v1/persons/A@b:1/encounters/E"+tx, ""), 404, 40400)
}

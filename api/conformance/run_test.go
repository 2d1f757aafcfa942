package conformance

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// runOn runs the checks that match against a handler.
func runOn(t *testing.T, h http.HandlerFunc, only string) (Report, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	return Run(context.Background(), Config{
		URL: server.URL, Token: "a.b.c", Limit: 5 * time.Second, Seed: "seed",
		Profiles: []Profile{OSIA, Oblik}, Only: regexp.MustCompile(only),
	})
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestChecksAreSound(t *testing.T) {
	seen, about := map[string]bool{}, map[string]bool{}
	for _, c := range Checks() {
		if seen[c.ID] {
			t.Errorf("two checks are called %s", c.ID)
		}
		seen[c.ID] = true
		if c.operation() == nil || c.Clause == "" || c.run == nil || c.Profile != OSIA && c.Profile != Oblik {
			t.Errorf("%s has no operation, clause, function or profile", c.ID)
		} else {
			about[c.operation().id] = true
		}
		if c.Profile == OSIA && !strings.Contains(c.Clause, "abis.") {
			t.Errorf("%s names no clause of the standard: %s", c.ID, c.Clause)
		}
	}
	if len(about) != len(operations) {
		t.Errorf("checks of %d operations of %d", len(about), len(operations))
	}
}

func TestOneFailureDoesNotHideTheRest(t *testing.T) {
	report, err := runOn(t, answering(500, `{"code":1,"message":"m"}`), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Results) != len(Checks()) {
		t.Errorf("%d results of %d checks", len(report.Results), len(Checks()))
	}
	for _, r := range report.Results {
		if r.Outcome == Passed {
			t.Errorf("%s passes with a service that does nothing", r.ID)
		}
	}
}

// readingGalleries is a service of one operation; all others are answered so.
func readingGalleries(status int) http.HandlerFunc {
	galleries, others := answering(http.StatusOK, `[]`), answering(status, `{"code":1,"message":"m"}`)
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/galleries" {
			galleries(w, r)
		} else {
			others(w, r)
		}
	}
}

func TestWhatIsNotOfferedIsNotAFailure(t *testing.T) {
	for _, status := range []int{404, 405, 501} {
		report, err := runOn(t, readingGalleries(status), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range report.Results {
			if offered := strings.HasPrefix(r.ID, "readGalleries/"); offered == (r.Outcome == NotOffered) {
				t.Errorf("%d: %s: %s", status, r.ID, r.Outcome)
			}
		}
	}
}

func TestNothingOfferedIsAnError(t *testing.T) {
	for _, status := range []int{404, 405, 501} {
		report, err := runOn(t, answering(status, `{"code":1,"message":"m"}`), "")
		if err == nil || !strings.Contains(err.Error(), "without /v1: GET /v1/galleries answered "+strconv.Itoa(status)) || len(report.Results) > 0 {
			t.Errorf("%d: %v, %d results", status, err, len(report.Results))
		}
	}
}

func TestScopesThatTheTokenLacks(t *testing.T) {
	for refused, lacks := range map[string]string{
		"/v1/galleries": "", // not all of its scope
		"/v1/tasks/":    "abis.task.read, abis.task.update:",
		"/v1/verify":    "abis.verify:",
		"/":             strings.Join(Scopes(), ", ") + ":",
	} {
		_, err := runOn(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, refused) && (refused != "/v1/galleries" || r.URL.Path == refused) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			w.WriteHeader(http.StatusBadRequest)
		}, "^deleteAll/unknown$")
		if lacks == "" && err != nil || lacks != "" && (err == nil || !strings.Contains(err.Error(), "lacks "+lacks)) {
			t.Errorf("%s is refused: %v, want %q", refused, err, lacks)
		}
	}
}

func TestMessagesAreCutBetweenWords(t *testing.T) {
	for text, want := range map[string]string{"one two": "one two", "one two three": "one two …", "onetwothree": "onetwoth …", "ää öö üüü": "ää öö …"} {
		if got := shortened(text, 8); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWhatCannotBeRunIsAnError(t *testing.T) {
	if _, err := runOn(t, answering(401, ""), ""); err == nil {
		t.Error("a refused token is no error")
	}
	for _, url := range []string{"", "abis", "ftp://127.0.0.1", "http://me:secret@127.0.0.1:1", "http://127.0.0.1:1"} {
		if _, err := Run(context.Background(), Config{URL: url, Limit: time.Second, Seed: "s"}); err == nil {
			t.Errorf("%q: no error", url)
		}
	}
	for _, seed := range []string{"", "A", "a/b", strings.Repeat("s", 33)} {
		_, err := Run(context.Background(), Config{URL: "http://127.0.0.1:1", Limit: time.Second, Seed: seed})
		if err == nil || !strings.Contains(err.Error(), "seed") {
			t.Errorf("seed %q: %v", seed, err)
		}
	}
}

func TestLimitEndsACheck(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked > 1+2*len(operations) { // what the survey asks
			<-r.Context().Done()
		}
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer server.Close()
	report, err := Run(context.Background(), Config{
		URL: server.URL, Limit: 200 * time.Millisecond, Seed: "s", Profiles: []Profile{OSIA}, Only: regexp.MustCompile("^readGalleries/success$"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.Count(Failed) != 1 {
		t.Errorf("%+v, want one failure", report.Results)
	}
}

func TestGarbledTokenIsAnother(t *testing.T) {
	if got := garbled("head.body.signature"); got == "head.body.signature" || !strings.HasPrefix(got, "head.body.") {
		t.Errorf("garbled to %q", got)
	}
}

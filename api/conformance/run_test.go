package conformance

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
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

func TestWhatIsNotOfferedIsNotAFailure(t *testing.T) {
	for _, status := range []int{404, 405, 501} {
		report, err := runOn(t, answering(status, `{"code":1,"message":"m"}`), "")
		if err != nil {
			t.Fatal(err)
		}
		if n := report.Count(NotOffered); n != len(Checks()) {
			t.Errorf("%d: %d of %d are not offered", status, n, len(Checks()))
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

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"oblik/api/conformance"
)

// callable lets a service call back to these addresses of this machine.
func callable(addresses ...string) []string {
	return []string{"--callback-hosts", strings.Join(addresses, ","), "--callback-insecure-http"}
}

// conformant is what the subcommand is told of one service: tokens with all
// scopes and with each alone, the photographs, where callbacks come to.
func conformant(t testing.TB, set storeSet, inbox string) []string {
	t.Helper()
	token := func(scopes string) string {
		out, errs, status := oblik(t, "token", "--client", "tester", "--data-dir", set.dir, "--for", "1h", "--scope", scopes)
		if status != exitMatch {
			t.Fatalf("no token: %s", errs)
		}
		return strings.TrimSpace(out)
	}
	scopes := conformance.Scopes()
	line := []string{"conformance", "--json", "--profile", "all", "--photos", photosDir, "--callback-listen", inbox, "--token", token(strings.Join(scopes, ","))}
	for _, scope := range scopes {
		line = append(line, "--scoped-token", scope+"="+token(scope))
	}
	return line
}

// conform runs the subcommand against a service.
func conform(t testing.TB, line []string, args ...string) (conformance.Report, int) {
	t.Helper()
	var out, errs bytes.Buffer
	status := run(&program{ctx: context.Background(), out: &out, err: &errs}, slices.Concat(line, args))
	var report conformance.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("status %d, no report: %s", status, errs.String())
	}
	return report, status
}

// failures are the ids of the checks that failed, with their reasons.
func failures(r conformance.Report) map[string]string {
	all := map[string]string{}
	for _, result := range r.Results {
		if result.Outcome == conformance.Failed {
			all[result.ID] = result.Reason
		}
	}
	return all
}

func TestServiceConforms(t *testing.T) {
	for _, set := range []storeSet{embeddedSet(t), serverSet(t)} {
		t.Run(set.name, func(t *testing.T) {
			inbox := freeAddress(t)
			s := set.start(t, nil, callable(inbox)...)
			report, status := conform(t, conformant(t, set, inbox), "--url", s.url)
			for _, r := range report.Results {
				if r.Outcome != conformance.Passed {
					t.Errorf("%s: %s (%s): %s", r.Outcome, r.ID, r.Clause, r.Reason)
				}
			}
			t.Logf("%d of %d checks passed", report.Count(conformance.Passed), len(report.Results))
			if status != exitMatch || len(report.Results) != len(conformance.Checks()) {
				t.Errorf("status %d, %d checks of %d", status, len(report.Results), len(conformance.Checks()))
			}
		})
	}
}

// TestConformanceReportsEachFault breaks one thing at a time of a sound service.
func TestConformanceReportsEachFault(t *testing.T) {
	set := embeddedSet(t)
	inbox, between := freeAddress(t), freeAddress(t)
	s := set.start(t, nil, callable(inbox, between)...)
	line := conformant(t, set, inbox)
	for _, b := range breakages(s) {
		t.Run(b.name, func(t *testing.T) {
			report, status := conform(t, line, "--url", newBreaker(t, between, s.url, b), "--only", b.only, "--callback-wait", "10s")
			got := failures(report)
			if ids := slices.Sorted(maps.Keys(got)); !slices.Equal(ids, b.reported) {
				t.Errorf("of %d checks these failed: %v, want %v", len(report.Results), got, b.reported)
			}
			for id, why := range got {
				if !regexp.MustCompile(b.why).MatchString(why) {
					t.Errorf("%s failed for %q, want %q", id, why, b.why)
				}
			}
			if status != exitNo {
				t.Errorf("status %d, want %d", status, exitNo)
			}
		})
	}
}

// TestConformanceThatCannotBeRun on a sound service: status 2, and why.
func TestConformanceThatCannotBeRun(t *testing.T) {
	set := embeddedSet(t)
	s := set.start(t, nil, "--workers", "1")
	all := strings.Join(conformance.Scopes(), ",")
	for what, c := range map[string]struct{ url, scopes, only, says string }{
		"a path too many":    {s.url + "/v1", all, "^readGalleries/", "without /v1: GET /v1/galleries answered 404"},
		"scopes too few":     {s.url, "abis.encounter.write,abis.verify", "^verifyFromBio/", "lacks abis.encounter.read, abis.identify, abis.gallery.read, abis.task.read, abis.task.update:"},
		"nothing was tested": {s.url, all, "^readGalleries/scope", "no check could be run"},
	} {
		token, _, _ := oblik(t, "token", "--client", "tester", "--data-dir", set.dir, "--scope", c.scopes)
		_, errs, status := oblik(t, "conformance", "--url", c.url, "--token", strings.TrimSpace(token), "--photos", photosDir, "--no-async", "--only", c.only)
		if status != exitError || !strings.Contains(errs, c.says) {
			t.Errorf("%s: status %d, %s", what, status, errs)
		}
	}
}

func TestConformanceSaysWhatItCannotDo(t *testing.T) {
	for what, args := range map[string][]string{
		"no service":        {"--url", "http://127.0.0.1:1"},
		"no URL":            {"--url", "here"},
		"no photograph":     {"--url", "http://127.0.0.1:1", "--other", "nobody.jpg"},
		"a bad expression":  {"--url", "http://127.0.0.1:1", "--only", "("},
		"no certificate":    {"--url", "http://127.0.0.1:1", "--ca", "main.go"},
		"no time":           {"--url", "http://127.0.0.1:1", "--limit", "0s"},
		"half a key pair":   {"--url", "http://127.0.0.1:1", "--callback-cert", "main.go"},
		"nowhere to listen": {"--url", "http://127.0.0.1:1", "--callback-listen", "192.0.2.1:1"},
	} {
		var out, errs bytes.Buffer
		line := append([]string{"conformance", "--token", "t", "--photos", photosDir}, args...)
		if status := run(&program{ctx: context.Background(), out: &out, err: &errs}, line); status != exitError || errs.Len() == 0 {
			t.Errorf("%s: status %d, %q, want %d and why", what, status, errs.String(), exitError)
		}
	}
}

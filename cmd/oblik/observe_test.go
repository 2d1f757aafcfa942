package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// TestMetricsOfAService: a real service tells what it did, and no id.
func TestMetricsOfAService(t *testing.T) {
	for _, set := range []storeSet{embeddedSet(t), serverSet(t)} {
		t.Run(set.name, func(t *testing.T) {
			enrolOne(t, set, "anna")
			address := freeAddress(t)
			s := set.start(t, nil, "--workers", "1", "--metrics-listen", address)
			probe := map[string]any{"biometricData": faces(photoFile(t, "obama2.jpg"))}
			for path, status := range map[string]int{"/v1/verify/default/anna": 200, "/v1/verify/default/nobody": 404} {
				if got := s.do("POST", path+"?transactionId=secret-mark", probe, nil); got != status {
					t.Fatalf("%s: %d\n%s", path, got, s.log)
				}
			}
			text := metricsAt(t, address)
			for _, line := range []string{
				`oblik_requests_total{code="0",operation="verifyFromId",status="200"} 1`,
				`oblik_requests_total{code="40400",operation="verifyFromId",status="404"} 1`,
				`oblik_stage_seconds_count{outcome="done",stage="extract"} `, `oblik_stage_seconds_count{outcome="done",stage="compare"} 1`,
				`oblik_score_count{use="verify",weights="sface-2021dec-int8bq"} 1`,
				`oblik_index_encounters 1`, `oblik_index_pending 0`, `oblik_index_amiss_total 0`, `oblik_workers_ready 1`, `oblik_requests_limit 64`, `oblik_requests_now 0`, `oblik_ready 1`,
				`oblik_outbox_images 0`, `oblik_locked_people 0`,
			} {
				if !strings.Contains(text, "\n"+line) {
					t.Errorf("no %s", line)
				}
			}
			for _, bad := range []string{"anna", "nobody", "secret-mark", "tester", "other\"", "oblik_source_failed{"} {
				if strings.Contains(text, bad) {
					t.Errorf("the metrics have %s", bad)
				}
			}
			s.stop()
		})
	}
}

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

func metricsAt(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%d %v", answer.StatusCode, err)
	}
	return "\n" + string(text)
}

// TestTracesOfAService: spans are sent before the process ends, and hold no id.
func TestTracesOfAService(t *testing.T) {
	var mu sync.Mutex
	var sent []byte
	inbox := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if sent = append(sent, text...); err != nil {
			t.Error(err)
		}
	}))
	defer inbox.Close()
	set := embeddedSet(t)
	s := set.start(t, nil, "--workers", "1", "--otlp-endpoint", inbox.URL, "--otlp-sample", "1")
	if got := s.do("GET", "/v1/persons/secret-person/encounters?transactionId=secret-mark", nil, nil); got != 404 {
		t.Fatal(got)
	}
	s.stop()
	mu.Lock()
	defer mu.Unlock()
	for _, word := range []string{"readAllEncounters", "records", "oblik.code"} {
		if !strings.Contains(string(sent), word) {
			t.Errorf("no %s was sent", word)
		}
	}
	if strings.Contains(string(sent), "secret") {
		t.Error("an id was sent")
	}
}

func TestWatchingNonsense(t *testing.T) {
	for name, args := range map[string][]string{
		"metrics":  {"--metrics-listen", "nowhere"},
		"endpoint": {"--otlp-endpoint", "localhost:4318"},
		"sample":   {"--otlp-endpoint", "http://127.0.0.1:1", "--otlp-sample", "2"},
	} {
		t.Run(name, func(t *testing.T) {
			all := append([]string{"serve", "--data-dir", t.TempDir(), "--weights-dir", weightsDir, "--listen", "127.0.0.1:0", "--insecure-loopback"}, args...)
			if out, errs, status := oblik(t, all...); status != exitError || strings.Contains(out, listening) {
				t.Errorf("%d %s %s", status, out, errs)
			}
		})
	}
}

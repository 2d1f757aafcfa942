package observe

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"oblik/api"
	"oblik/models"
)

var usual = Config{Version: "1.2.3", Operations: []string{"identify", "verifyFromId"}, Weights: []string{"w1"}}

func observer(t testing.TB, c Config, sources ...Source) *Observer {
	t.Helper()
	o, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	o.Add(sources...)
	t.Cleanup(func() { _ = o.Close() }) // a collector that is away is no failure
	return o
}

// scrape gives the metrics as Prometheus would read them.
func scrape(t *testing.T, o *Observer) string {
	t.Helper()
	server := httptest.NewServer(o.Handler())
	defer server.Close()
	answer, err := http.Get(server.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%d %v %s", answer.StatusCode, err, text)
	}
	return string(text)
}

// one makes one request with a stage and a score.
func one(o *Observer, operation, parent string, failure error) {
	ctx, done := o.Request(context.Background(), operation, parent)
	_, end := o.Stage(ctx, api.StageExtract)
	end(failure)
	o.Score("verify", "w1", 42)
	if failure != nil {
		done(503, 50300)
		return
	}
	done(200, 0)
}

func wants(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if t.Failed() {
		t.Logf("%s", text)
	}
}

func TestMetrics(t *testing.T) {
	o := observer(t, usual,
		Source{Name: "index_encounters", Help: "h.", Read: Number(func() int { return 7 })},
		Source{Name: "tasks", Help: "h.", Label: "state", Read: func(context.Context) (map[string]float64, error) {
			return map[string]float64{"PENDING": 2, "COMPLETED": 3}, nil
		}},
		Source{Name: "waits_total", Help: "h.", Grows: true, Read: Number(func() int64 { return 9 })},
	)
	one(o, "identify", "", nil)
	one(o, "identify", "", models.Errorf("x", models.Unavailable, "down"))
	text := scrape(t, o)
	wants(t, text,
		`oblik_requests_total{code="0",operation="identify",status="200"} 1`,
		`oblik_requests_total{code="50300",operation="identify",status="503"} 1`,
		`oblik_request_seconds_count{operation="identify"} 2`,
		`oblik_stage_seconds_count{outcome="done",stage="extract"} 1`,
		`oblik_stage_seconds_count{outcome="failed",stage="extract"} 1`,
		`oblik_score_bucket{use="verify",weights="w1",le="40"} 0`,
		`oblik_score_bucket{use="verify",weights="w1",le="45"} 2`,
		`oblik_build_info{version="1.2.3"} 1`,
		`oblik_index_encounters 7`, `oblik_tasks{state="PENDING"} 2`, `oblik_tasks{state="COMPLETED"} 3`, `oblik_waits_total 9`,
		`# TYPE oblik_waits_total counter`)
	for _, part := range []string{"go_goroutines ", "process_open_fds "} {
		if !strings.Contains(text, "\n"+part) {
			t.Errorf("no %s", part)
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %+v", err, problems)
	}
}

// TestLabelsAreBounded: what the program does not know makes no new series.
func TestLabelsAreBounded(t *testing.T) {
	o := observer(t, usual)
	for _, name := range []string{"a", "b", "../c", "identify "} {
		_, done := o.Request(context.Background(), name, "")
		done(200, 0)
		_, end := o.Stage(context.Background(), name)
		end(nil)
		o.Score(name, name, 1)
	}
	wants(t, scrape(t, o),
		`oblik_requests_total{code="0",operation="other",status="200"} 4`,
		`oblik_stage_seconds_count{outcome="done",stage="other"} 4`,
		`oblik_score_count{use="other",weights="other"} 4`)
}

// TestSourceThatFails leaves out its own values alone, and says so.
func TestSourceThatFails(t *testing.T) {
	o := observer(t, usual,
		Source{Name: "locked_people", Help: "h.", Read: func(context.Context) (map[string]float64, error) { return nil, errors.New("secret") }},
		Source{Name: "tasks", Help: "h.", Label: "state", Read: func(ctx context.Context) (map[string]float64, error) {
			<-ctx.Done() // a store that does not answer
			return nil, ctx.Err()
		}},
		Source{Name: "index_encounters", Help: "h.", Read: Number(func() int { return 7 })},
	)
	text := scrape(t, o)
	wants(t, text, `oblik_source_failed{source="locked_people"} 1`, `oblik_source_failed{source="tasks"} 1`, `oblik_index_encounters 7`)
	if strings.Contains(text, "secret") || strings.Contains(text, "\noblik_locked_people ") {
		t.Errorf("%s", text)
	}
}

func TestServeEndsWithItsListener(t *testing.T) {
	o := observer(t, usual)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- o.Serve(l) }()
	for path, status := range map[string]int{"/metrics": 200, "/": 404, "/debug/pprof/": 404} {
		answer, err := http.Get("http://" + l.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Body.Close(); answer.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, answer.StatusCode, status)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	for _, c := range []Config{
		{Endpoint: "ftp://localhost"}, {Endpoint: "localhost:4318"}, {Endpoint: "http://"}, {Endpoint: "http://u:p@localhost"},
		{Endpoint: "http://localhost?token=x"}, {Endpoint: "%"}, {Endpoint: "http://localhost", Sample: -0.1}, {Endpoint: "http://localhost", Sample: 1.1},
	} {
		if _, err := New(c); models.KindOf(err) != models.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

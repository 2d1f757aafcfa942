package osia

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"oblik/api"
	"oblik/api/outbound"
)

// desk is a client's own server, which results are delivered to.
type desk struct {
	*httptest.Server
	mu     sync.Mutex
	status int // it answers with; 204 at first
	calls  []delivered
}

type delivered struct {
	query url.Values
	mime  string
	body  string
}

func newDesk(t testing.TB) *desk {
	d := &desk{status: http.StatusNoContent}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.calls = append(d.calls, delivered{r.URL.Query(), r.Header.Get("Content-Type"), string(body)})
		w.WriteHeader(d.status)
	}))
	t.Cleanup(d.Close)
	return d
}

func (d *desk) answer(status int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status = status
}

// of are the deliveries of a task.
func (d *desk) of(task string) (all []delivered) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.calls {
		if c.query.Get("taskId") == task {
			all = append(all, c)
		}
	}
	return all
}

// later is the query of a request to be answered at the desk.
func (d *desk) later() string {
	return tx + "&callback=" + url.QueryEscape(d.URL+"/results?own=a%20b")
}

// laterWorld is a world whose server may call the desk.
func laterWorld(t testing.TB, parts func(*api.Parts), change ...func(*Config)) (*world, *desk) {
	t.Helper()
	d := newDesk(t)
	client, err := outbound.New(outbound.Config{Hosts: []string{d.Listener.Addr().String()}, InsecureHTTP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	w := newWorldOf(t, parts, append([]func(*Config){func(c *Config) {
		c.Outbound = client
		c.Tasks = api.TaskPolicy{Backoff: time.Millisecond, MaxBackoff: 5 * time.Millisecond, Attempts: 3, Drain: time.Millisecond}
	}}, change...)...)
	return w, d
}

func same(*api.Parts) {}

// runTasks runs tasks until stop, or the test's end.
func (w *world) runTasks() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); w.server.RunTasks(ctx) }()
	stop = func() { cancel(); <-done }
	w.Cleanup(stop)
	return stop
}

// accepted sends a request that is accepted, and gives its task's id.
func (w *world) accepted(method, path, body string, edit ...func(*http.Request)) string {
	w.Helper()
	r := w.want(w.send(method, path, body, edit...), http.StatusAccepted, 0)
	var a map[string]string
	if err := json.Unmarshal(r.body, &a); err != nil || len(a) != 1 || len(a["taskId"]) != 32 || r.header.Get("Content-Type") != "application/json" {
		w.Fatalf("%s is no TaskId: %v", r.body, err)
	}
	return a["taskId"]
}

// state is what readTaskStatus answers.
func (w *world) state(task string) (state string) {
	w.Helper()
	r := w.want(w.send("GET", "/v1/tasks/"+task+"/status"+tx, ""), http.StatusOK, 0)
	if err := json.Unmarshal(r.body, &state); err != nil {
		w.Fatal(err)
	}
	return state
}

// answered waits for the one delivery of a task.
func (w *world) answered(d *desk, task string) delivered {
	w.Helper()
	w.eventually("COMPLETED", func() bool { return w.state(task) == "COMPLETED" })
	all := d.of(task)
	if len(all) != 1 || all[0].query.Get("transactionId") != "t1" || all[0].query.Get("own") != "a b" {
		w.Fatalf("delivered: %+v", all)
	}
	return all[0]
}

func with(header, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(header, value) }
}

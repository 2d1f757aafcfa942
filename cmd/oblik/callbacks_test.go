package main

import (
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"testing"
	"time"

	"oblik/models"
)

// inTheMiddle is how many asynchronous requests a service is ended under.
const inTheMiddle = 100

// calls counts what was delivered, by task.
type calls struct {
	open sync.RWMutex // held for writing while nobody is answered
	mu   sync.Mutex
	of   map[string]int
	all  int
	host string
}

// newCalls listens on one port for the whole test: the service knows it by name.
func newCalls(t *testing.T) *calls {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &calls{of: map[string]int{}, host: l.Addr().String()}
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		c.open.RLock()
		defer c.open.RUnlock()
		time.Sleep(20 * time.Millisecond) // so that deliveries lie side by side when the end comes
		c.mu.Lock()
		defer c.mu.Unlock()
		c.of[q.URL.Query().Get("taskId")]++
		c.all++
		w.WriteHeader(http.StatusNoContent)
	})}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return c
}

func (c *calls) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}

// A service that is told to stop, or killed, in the middle of 100 callbacks
// delivers each of them all the same, once at least, when it is started again;
// each enrolment has been made once. With TORTURE it is done ten times; without, once.
func TestTortureCallbacks(t *testing.T) {
	for _, set := range []storeSet{embeddedSet(t), serverSet(t)} {
		t.Run(set.name, func(t *testing.T) {
			inbox := newCalls(t)
			people := 0
			for round := range min(kills(t), 10) {
				for _, end := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
					people += endedInTheMiddle(t, set, inbox, end, round)
				}
			}
			look := set.look(t)
			defer look.close() //nolint:errcheck // only looked at
			keys, err := look.Content(t.Context(), models.AllGalleries, 0, 10*people)
			if err != nil || len(keys) != people {
				t.Errorf("%d people for %d enrolments, %v", len(keys), people, err)
			}
		})
	}
}

// endedInTheMiddle returns how many enrolments there were.
func endedInTheMiddle(t *testing.T, set storeSet, inbox *calls, end syscall.Signal, round int) (enrolments int) {
	t.Helper()
	flags := []string{
		"--callback-hosts", inbox.host, "--callback-insecure-http", "--callback-timeout", "5s", "--request-timeout", "3s", "--log-level", "warn",
	}
	s := set.start(t, nil, flags...)
	before := inbox.count()
	inbox.open.Lock() // all are asked for before the first is answered
	var tasks []string
	for i := range inTheMiddle {
		method, path, body := "GET", "/v1/galleries", any(nil)
		if i%2 == 0 {
			method, path, body = "POST", "/v1/persons", encounter(photoFile(t, "obama.jpg"))
			enrolments++
		}
		var answer struct {
			TaskID string `json:"taskId"`
		}
		if status := s.do(method, path+"?callback="+url.QueryEscape("http://"+inbox.host+"/a?b=c"), body, &answer); status != http.StatusAccepted {
			t.Fatalf("%d: %s", status, s.log)
		}
		tasks = append(tasks, answer.TaskID)
	}
	inbox.open.Unlock()
	middle := 1 + rand.IntN(inTheMiddle-20)
	for deadline := time.Now().Add(time.Minute); inbox.count()-before < middle; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d are delivered: %s", inbox.count()-before, s.log)
		}
	}
	at := inbox.count() - before
	if end == syscall.SIGTERM {
		began := time.Now()
		s.stop()
		t.Logf("%v after %d deliveries, stopped in %v", end, at, time.Since(began).Round(time.Millisecond))
	} else {
		s.kill()
		t.Logf("%v after %d deliveries", end, at)
	}
	s = set.start(t, nil, flags...)
	completed(t, s, tasks)
	inbox.mu.Lock()
	defer inbox.mu.Unlock()
	twice := 0
	for _, id := range tasks {
		switch n := inbox.of[id]; {
		case n == 0:
			t.Errorf("%v, round %d: a result was never delivered", end, round)
		case n > 1:
			twice++
		}
	}
	t.Logf("%d were delivered more than once", twice)
	s.stop()
	return enrolments
}

// completed waits for every task's end.
func completed(t *testing.T, s *server, tasks []string) {
	t.Helper()
	deadline := time.Now().Add(recovery)
	for _, id := range tasks {
		state := ""
		for state != "COMPLETED" {
			if status := s.do("GET", "/v1/tasks/"+id+"/status", nil, &state); status != http.StatusOK || time.Now().After(deadline) {
				t.Fatalf("a task is %q (%d): %s", state, status, s.log)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

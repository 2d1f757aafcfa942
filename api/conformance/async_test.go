package conformance

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// caller is a service of two operations that it only knows asynchronously, and
// of their tasks; what it does wrong is forced by its fields.
type caller struct {
	attempts int  // for one delivery
	twice    bool // delivers again what was accepted
	deaf     bool // does not redeliver
	lying    bool // says COMPLETED whatever came of it

	mu    sync.Mutex
	tasks map[string]*job
}

type job struct{ state, url, body string }

var results = map[string]string{"/v1/galleries": `["g"]`, "/v1/verify": `{"decision":true}`}

func (c *caller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	say := func(status int, body string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
	path := strings.Split(r.URL.Path, "/")
	query := r.URL.Query()
	body, known := results[r.URL.Path]
	switch {
	case !query.Has("transactionId"):
		say(400, `{"code":1,"message":"m"}`)
	case known && query.Has("callback"):
		id := fmt.Sprint(len(c.tasks))
		to, err := url.Parse(query.Get("callback"))
		if err != nil {
			panic(err)
		}
		q := to.Query()
		q.Set("taskId", id)
		q.Set("transactionId", query.Get("transactionId"))
		to.RawQuery = q.Encode()
		c.tasks[id] = &job{"PENDING", to.String(), body}
		go c.deliver(c.tasks[id])
		say(202, `{"taskId":"`+id+`"}`)
	case len(path) == 5 && c.tasks[path[3]] == nil:
		w.WriteHeader(http.StatusNotFound)
	case len(path) == 5 && path[4] == "status":
		say(200, `"`+c.tasks[path[3]].state+`"`)
	case len(path) == 5:
		if !c.deaf {
			go c.deliver(c.tasks[path[3]])
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		say(400, `{"code":1,"message":"m"}`)
	}
}

func (c *caller) set(j *job, state string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if j.state != "COMPLETED" { // by the other of two deliveries
		j.state = state
	}
}

func (c *caller) deliver(j *job) {
	time.Sleep(20 * time.Millisecond)
	c.set(j, "RESPONSE_SCHEDULED")
	for range c.attempts {
		reply, err := http.Post(j.url, "application/json", bytes.NewReader([]byte(j.body)))
		if err == nil {
			reply.Body.Close()
		}
		if c.lying || err == nil && reply.StatusCode == http.StatusNoContent {
			c.set(j, "COMPLETED")
			if !c.twice {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	c.set(j, "RESPONSE_ERROR")
}

func TestCallbacksAreChecked(t *testing.T) {
	const these = "^(readGalleries|verifyFromBio)/async|^readTaskStatus/([fc]|success|unknown)|^redeliverTaskResult/([du]|success)"
	for name, c := range map[string]struct {
		service *caller
		failed  []string
	}{
		"sound":              {&caller{attempts: 2}, nil},
		"no second attempt":  {&caller{attempts: 1}, nil},
		"delivered twice":    {&caller{attempts: 2, twice: true}, []string{"readGalleries/async", "verifyFromBio/async"}},
		"never redelivered":  {&caller{attempts: 1, deaf: true}, []string{"redeliverTaskResult/delivered"}},
		"failed and content": {&caller{attempts: 1, lying: true}, []string{"readTaskStatus/callback-500", "readTaskStatus/callback-closed"}},
		"never delivered": {&caller{}, []string{
			"readGalleries/async", "readTaskStatus/callback-500", "readTaskStatus/callback-closed", "readTaskStatus/flow",
			"redeliverTaskResult/delivered", "verifyFromBio/async",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.service.tasks = map[string]*job{}
			server := httptest.NewServer(c.service)
			defer server.Close()
			inbox := newInbox(t)
			inbox.wait = time.Second
			report, err := Run(context.Background(), Config{
				URL: server.URL, Token: "t", Limit: 10 * time.Second, Seed: "s", Profiles: []Profile{OSIA}, Inbox: inbox, Only: regexp.MustCompile(these),
			})
			if err != nil {
				t.Fatal(err)
			}
			var failed []string
			for _, r := range report.Results {
				if r.Outcome != Passed {
					failed = append(failed, r.ID)
					t.Log(r)
				}
			}
			slices.Sort(failed)
			if !slices.Equal(failed, c.failed) || len(report.Results) != 12 {
				t.Errorf("of %d checks these failed: %v, want %v", len(report.Results), failed, c.failed)
			}
		})
	}
}

package conformance

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Inbox is the client's side of asynchronous calls: an http.Handler that the
// service delivers results to.
type Inbox struct {
	url   string
	wait  time.Duration
	mu    sync.Mutex
	boxes map[string]*mailbox
}

// NewInbox makes one. The service is told to call back below url, which must
// lead to the handler; wait bounds the time for one delivery.
func NewInbox(url string, wait time.Duration) *Inbox {
	return &Inbox{url: strings.TrimSuffix(url, "/"), wait: wait, boxes: map[string]*mailbox{}}
}

// mailbox receives the callbacks of one call.
type mailbox struct {
	url     string
	wait    time.Duration
	mu      sync.Mutex
	answer  int // the status a delivery gets; 0: the connection is closed
	got     []delivery
	arrived chan struct{} // has an item when got has grown
}

// delivery is one callback.
type delivery struct {
	method, contentType string
	query               url.Values
	text                []byte
	body                any // of JSON; nil if it is none
}

// open makes a mailbox whose deliveries get this status.
func (i *Inbox) open(answer int) *mailbox {
	i.mu.Lock()
	defer i.mu.Unlock()
	secret := rand.Text()
	m := &mailbox{answer: answer, wait: i.wait, arrived: make(chan struct{}, 1)}
	m.url = i.url + "/" + secret
	i.boxes["/"+secret] = m
	return m
}

// ServeHTTP implements http.Handler.
func (i *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	m := i.boxes[r.URL.Path[strings.LastIndexByte(r.URL.Path, '/'):]]
	i.mu.Unlock()
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if m == nil || err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	answer := m.put(delivery{
		method: r.Method, contentType: r.Header.Get("Content-Type"), query: r.URL.Query(), text: text, body: decoded(text),
	})
	if answer == 0 {
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
	w.WriteHeader(answer)
}

func (m *mailbox) put(d delivery) (answer int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got = append(m.got, d)
	select {
	case m.arrived <- struct{}{}:
	default: // there is an item already
	}
	return m.answer
}

// reply has later deliveries get another status.
func (m *mailbox) reply(answer int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answer = answer
}

// all gives what has come so far.
func (m *mailbox) all() []delivery {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]delivery(nil), m.got...)
}

// await waits until more than n deliveries have come; it says whether they have.
func (m *mailbox) await(ctx context.Context, n int) bool {
	over := time.NewTimer(m.wait)
	defer over.Stop()
	for len(m.all()) <= n {
		select {
		case <-m.arrived:
		case <-over.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
	return true
}

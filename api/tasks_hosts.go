package api

import (
	"net/url"
	"strings"
	"sync"
	"time"
)

// firstPace is how far apart deliveries come back to a busy host that has not
// answered yet; leastPace is the least.
const (
	firstPace = 50 * time.Millisecond
	leastPace = time.Millisecond
)

// hosts bounds the deliveries under way to each host, so that one that is dead
// does not hold up the others. Those beyond come back one after another, as fast
// as the host took the last ones: thousands that came back every few seconds
// would leave the stores no time for any other.
type hosts struct {
	most    int           // deliveries to one host
	longest time.Duration // that one is put off
	mu      sync.Mutex
	of      map[string]*host // no more than the operator has listed
}

type host struct {
	busy int
	pace time.Duration
	next time.Time // when the one put off last comes back
}

// enter is 0 if a delivery may begin, or how long to put it off.
func (h *hosts) enter(name string) (wait time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of == nil {
		h.of = map[string]*host{}
	}
	x := h.of[name]
	if x == nil {
		x = &host{pace: firstPace}
		h.of[name] = x
	}
	if x.busy < h.most {
		x.busy++
		return 0
	}
	now := time.Now()
	if x.next.Before(now) {
		x.next = now
	}
	if x.next = x.next.Add(x.pace); x.next.After(now.Add(h.longest)) {
		x.next = now.Add(h.longest/2 + upTo(h.longest/2))
	}
	return x.next.Sub(now)
}

// leave ends a delivery that took so long.
func (h *hosts) leave(name string, took time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	x := h.of[name]
	x.busy--
	x.pace = max(leastPace, took/time.Duration(h.most))
}

// hostOf is one name for all spellings and ports of a host.
func hostOf(callback string) string {
	u, err := url.Parse(callback)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

package osia

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// Beyond its rate a client is told when to come back; others are not touched.
func TestRate(t *testing.T) {
	p := loadPolicy(t, `{"clients":{"kiosk":{"rate":0.01,"burst":3},"desk":{}},"others":{"rate":0.02}}`)
	w := newWorld(t, func(c *Config) { c.Policy = p })
	ask := func(client string) reply { return w.send("GET", "/v1/galleries"+tx, "", w.by(client)) }
	for range 3 {
		w.want(ask("kiosk"), 200, 0)
	}
	for range 3 { // a refusal takes nothing
		a := w.want(ask("kiosk"), 429, 42900)
		if seconds, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || seconds < 50 || seconds > 100 {
			t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
		}
	}
	for range 5 {
		w.want(ask("desk"), 200, 0)
	}
	for _, other := range []string{"a", "b"} { // each has its own
		w.want(ask(other), 200, 0)
		w.want(ask(other), 429, 42900)
	}
}

// The long body of a client beyond its rate is not read.
func TestBodiesBeyondTheRate(t *testing.T) {
	p := loadPolicy(t, `{"others":{"rate":0.01}}`)
	w := newWorld(t, func(c *Config) { c.Policy = p })
	w.want(w.send("GET", "/v1/galleries"+tx, ""), 200, 0)
	conn := w.dial() // the body never comes
	w.write(conn, strings.TrimSuffix(w.request("POST", "/v1/verify/main/p"+tx, "", scopeVerify), "\r\n")+"Content-Length: 1000000\r\n\r\n")
	if a := w.want(w.answer(bufio.NewReader(conn)), 429, 42900); a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestEmptyTakesNothing(t *testing.T) {
	l := newLimits(loadPolicy(t, `{"others":{"rate":0.001,"burst":2}}`))
	for range 2 {
		for range 3 {
			if err := l.empty("a"); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.take("a"); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{l.empty("a"), l.take("a")} {
		var wait interface{ RetryAfter() time.Duration }
		if !errors.As(err, &wait) || wait.RetryAfter() < 900*time.Second || wait.RetryAfter() > 1000*time.Second {
			t.Errorf("%v", err)
		}
	}
	if err := errors.Join(l.empty("b"), newLimits(nil).take("a")); err != nil {
		t.Error(err)
	}
}

// As many clients as there may be are remembered, the latest ones.
func TestClientsRememberedAreBounded(t *testing.T) {
	l := newLimits(loadPolicy(t, `{"others":{"rate":0.001}}`))
	taken := func(client string) bool { return l.take(client) == nil }
	for i := range maxBuckets {
		taken(fmt.Sprint(i))
	}
	if taken("0") || taken("1") {
		t.Error("forgotten too early")
	}
	for i := range maxBuckets - 1 {
		taken(fmt.Sprint("more", i))
	}
	if taken("1") {
		t.Error("the client seen last is forgotten")
	}
	if !taken("0") || !taken("2") {
		t.Error("the clients seen first are remembered")
	}
	if len(l.buckets) != maxBuckets || l.used.Len() != maxBuckets {
		t.Errorf("%d, %d buckets", len(l.buckets), l.used.Len())
	}
}

func TestBodiesOfOneClient(t *testing.T) {
	b := newBodies(100, time.Hour)
	heads := make([]fasthttp.RequestHeader, 6)
	take := func(i int, client string, bytes int, want bool) {
		t.Helper()
		if b.take(&heads[i], client, bytes) != want {
			t.Errorf("%s takes %d: %v", client, bytes, !want)
		}
	}
	take(0, "a", 30, true)
	take(1, "a", 20, true)
	take(2, "a", 1, false) // half of all
	take(2, "b", 50, true)
	take(3, "c", 1, false) // all
	b.done(&heads[1])
	b.done(&heads[1]) // once more is nothing
	take(3, "c", 20, true)
	take(3, "a", 20, true) // the same connection's next request, the first broke off
	take(4, "c", 1, false)
	for i := range heads {
		b.done(&heads[i])
	}
	if b.all != 0 || len(b.open) != 0 || len(b.clients) != 0 {
		t.Errorf("%d bytes, %v, %v", b.all, b.open, b.clients)
	}
	late := newBodies(100, -time.Second) // each is over at once
	for i := range heads {
		if !late.take(&heads[i], "a", 50) {
			t.Error("a request that is over keeps its room")
		}
	}
}

// Whatever becomes of a request, it gives its room back.
func TestPromisesOfBodiesEnd(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.BodyLimit = 1 << 20; c.BodyTimeout = 200 * time.Millisecond })
	b := w.server.bodies
	held := func() int { b.mu.Lock(); defer b.mu.Unlock(); return b.all }
	long := w.request("POST", "/v1/verify/main/p"+tx, probeJSON(item("ann"+strings.Repeat(" ", 500_000))), scopeVerify)
	for range 3 {
		w.want(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item("ann"+strings.Repeat(" ", 500_000)))), 404, 40400)
	}
	w.eventually("room after answers", func() bool { return held() == 0 })
	conn := w.dial()
	w.write(conn, long[:len(long)/2])
	w.eventually("a promise", func() bool { return held() > 500_000 })
	w.want(w.answer(bufio.NewReader(conn)), 408, 40800) // too slow
	w.eventually("room after a timeout", func() bool { return held() == 0 })
	conn = w.dial()
	w.write(conn, long[:len(long)/2])
	w.eventually("a promise", func() bool { return held() > 500_000 })
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	w.eventually("room after a client has gone", func() bool { return held() == 0 })
	head, _, _ := strings.Cut(long, "Content-Length")
	for _, chunks := range []string{"", "1000\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\n0\r\n"} {
		conn = w.dial()
		w.write(conn, head+"Transfer-Encoding: chunked\r\n\r\n"+chunks)
		w.eventually("a promise for chunks", func() bool { return held() == 1<<20 })
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		w.eventually("room after chunks", func() bool { return held() == 0 })
	}
}

// A client that promises more than its share is told to come back; another is served.
func TestShareOfBodiesOfOneClient(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.BodyLimit = 1 << 20 })
	w.server.bodies.most = 2 << 20
	long := w.request("POST", "/v1/verify/main/p"+tx, probeJSON(item("ann"+strings.Repeat(" ", 500_000))), scopeVerify)
	first := w.dial()
	w.write(first, long[:len(long)/2])
	w.eventually("a promise", func() bool { b := w.server.bodies; b.mu.Lock(); defer b.mu.Unlock(); return b.all > 0 })
	second := w.dial()
	w.write(second, long)
	third := w.dial()
	head, body, _ := strings.Cut(long, "\r\n\r\n")
	head, _, _ = strings.Cut(head, "Content-Length")
	w.write(third, head+fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body))
	for _, conn := range []net.Conn{second, third} {
		if a := w.want(w.answer(bufio.NewReader(conn)), 503, 50302); a.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	w.want(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item("ann"+strings.Repeat(" ", 500_000))), w.by("another")), 404, 40400)
	w.write(first, long[len(long)/2:])
	w.want(w.answer(bufio.NewReader(first)), 404, 40400)
}

// What is refused counts as well: to send long bodies that come to nothing is
// no way around the rate.
func TestRateOfWhatIsRefused(t *testing.T) {
	p := loadPolicy(t, `{"others":{"rate":0.001,"burst":2,"operations":["verifyFromBio"]}}`)
	for name, c := range map[string]struct {
		method, path string
		status       int
	}{
		"query":     {"POST", "/v1/verify" + tx + "&no=1", 400},
		"operation": {"GET", "/v1/galleries" + tx, 403},
		"body":      {"POST", "/v1/verify" + tx, 400},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *Config) { c.Policy = p })
			body := ""
			if c.method == "POST" {
				body = strings.Repeat(" ", 2*strangersBody)
			}
			for range 2 {
				w.want(w.send(c.method, c.path, body), c.status, 0)
			}
			w.want(w.send(c.method, c.path, body), 429, 42900)
		})
	}
}

package osia

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// gate is the listener a server reads from: it bounds the connections, those of
// one address, and the bytes of bodies that all of them hold.
//
// fasthttp's own limits won't do. It writes a refusal from the goroutine that
// accepts: over TLS that waits for a stranger's handshake, for as long as he
// likes. Here one too many is closed unanswered. fasthttp's workers are a
// moment longer busy than their connection is open; so they are allowed to be
// more than the gate lets in.
type gate struct {
	net.Listener // nil before use
	most         int
	empty        chan struct{} // closed once stopped without a connection

	mu       sync.Mutex
	draining bool
	stopped  bool
	open     map[*connection]bool // whether it is between two requests
	from     map[netip.Prefix]int
	left     int // bytes that bodies may still take
}

func newGate(connections, bodies int) *gate {
	return &gate{
		most: connections, left: bodies, empty: make(chan struct{}),
		open: map[*connection]bool{}, from: map[netip.Prefix]int{},
	}
}

// use sets the listener; false if the gate has been stopped already.
func (g *gate) use(l net.Listener) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Listener = l
	return !g.stopped
}

// Accept implements [net.Listener].
func (g *gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := g.enter(conn); c != nil {
			return c, nil
		}
		abort(conn)
	}
}

func (g *gate) enter(conn net.Conn) *connection {
	c := &connection{Conn: conn, gate: g, from: origin(conn)}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped || len(g.open) >= g.most || g.from[c.from] >= g.most/2 {
		return nil
	}
	g.open[c] = false
	g.from[c.from]++
	return c
}

// changed is fasthttp's hook.
func (g *gate) changed(conn net.Conn, state fasthttp.ConnState) {
	c, ok := conn.(*connection)
	if !ok || state != fasthttp.StateIdle && state != fasthttp.StateActive {
		return
	}
	idle := state == fasthttp.StateIdle
	if idle {
		c.got = 0
		// fasthttp leaves the last answer's deadline, under which it would write
		// an error or "100 Continue" of the next request.
		_ = c.SetWriteDeadline(time.Time{}) // a closed connection needs none
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, there := g.open[c]; !there {
		return
	}
	if g.open[c] = idle; idle {
		g.left, c.held = g.left+c.held, 0
	}
}

// leave gives back all that c took.
func (g *gate) leave(c *connection) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, there := g.open[c]; !there {
		return
	}
	delete(g.open, c)
	g.left, c.held = g.left+c.held, 0
	if g.from[c.from]--; g.from[c.from] == 0 {
		delete(g.from, c.from)
	}
	if g.stopped && len(g.open) == 0 {
		close(g.empty)
	}
}

// drain lets each connection have one more answer.
func (g *gate) drain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.draining = true
}

// stop takes no more connections and cuts those between two requests.
func (g *gate) stop() error {
	g.mu.Lock()
	g.stopped = true
	l := g.Listener
	if len(g.open) == 0 {
		close(g.empty)
	}
	g.mu.Unlock()
	g.cut(func(idle bool) bool { return idle })
	if l == nil {
		return nil
	}
	if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// stopping says whether drain or stop has been called.
func (g *gate) stopping() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.draining || g.stopped
}

// cut ends the connections of which which is true. Each is closed, and leaves
// the gate, in its own goroutine, which notices.
func (g *gate) cut(which func(idle bool) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c, idle := range g.open {
		if which(idle) {
			abort(c.Conn)
		}
	}
}

package osia

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
)

// connection is one that came through the gate.
type connection struct {
	net.Conn
	gate    *gate
	from    netip.Prefix
	got     int   // bytes read for the current request
	refused bool  // whether the current request found no room for its body
	failed  error // why there is no TLS; see handshakeFault
	held    int   // bytes of bodies; guarded by gate.mu
}

var errNoRoom = errors.New("no room for a body")

// Read implements [net.Conn]. It takes the room for a body before reading it:
// what len(p) asks for is still to come. The first 64 KiB are free, so that
// short requests pass whatever the long ones hold.
func (c *connection) Read(p []byte) (int, error) {
	if !c.gate.hold(c, c.got+len(p)-keptBody) {
		c.refused = true
		return 0, errNoRoom
	}
	n, err := c.Conn.Read(p)
	if err != nil && c.got == 0 {
		c.failed = handshakeFault(c.Conn, err)
	}
	if c.got += n; errors.Is(err, io.EOF) && c.got > 0 {
		err = io.ErrUnexpectedEOF // of an end between two chunks fasthttp tells nobody: see bodies
	}
	return n, err
}

// hold raises what c holds to n bytes, if there is room.
func (g *gate) hold(c *connection, n int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	more := n - c.held
	if more <= 0 {
		return true
	}
	if _, there := g.open[c]; !there || more > g.left {
		return false
	}
	c.held, g.left = n, g.left-more
	return true
}

// room is how many bytes the next body may have.
func (g *gate) room() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.left
}

// tls is the state of TLS, once a request has come; the zero value without it.
func (c *connection) tls() tls.ConnectionState {
	if c != nil {
		if conn, ok := c.Conn.(*tls.Conn); ok {
			return conn.ConnectionState()
		}
	}
	return tls.ConnectionState{}
}

// Close implements [net.Conn].
func (c *connection) Close() error {
	err := c.Conn.Close()
	c.gate.leave(c)
	return err
}

// origin is a client's address; of IPv6, the /64 that one client has.
func origin(conn net.Conn) netip.Prefix {
	a, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Prefix{} // all of them count as one
	}
	address, bits := a.Addr().Unmap().WithZone(""), 32
	if address.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(address, bits).Masked()
}

// abort closes what is beneath TLS, whose own Close waits for a client that
// does not read.
func abort(conn net.Conn) {
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = t.NetConn()
	}
	_ = conn.Close() // there is nobody to tell
}

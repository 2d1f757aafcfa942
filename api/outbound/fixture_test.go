package outbound

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"oblik/models"
)

// names is a DNS server on loopback. To the nth question for the addresses of
// one family of any name it answers the nth of answers, and the last one ever
// after.
type names struct {
	mu      sync.Mutex
	answers []string
	asked   map[dnsmessage.Type]int
}

// resolver asks the server, which runs until the test ends.
func resolver(t *testing.T, answers ...string) (*net.Resolver, *names) {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &names{answers: answers, asked: map[dnsmessage.Type]int{}}
	done := make(chan struct{})
	go func() { defer close(done); n.serve(socket) }()
	t.Cleanup(func() { socket.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}, n
}

func (n *names) serve(socket net.PacketConn) {
	buffer := make([]byte, 512)
	for {
		length, from, err := socket.ReadFrom(buffer)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buffer[:length]) != nil || len(m.Questions) != 1 {
			continue
		}
		m.Response, m.Authoritative, m.Additionals = true, true, nil
		n.answer(&m)
		if packed, err := m.Pack(); err == nil {
			_, _ = socket.WriteTo(packed, from)
		}
	}
}

func (n *names) answer(m *dnsmessage.Message) {
	n.mu.Lock()
	defer n.mu.Unlock()
	q := m.Questions[0]
	address := netip.MustParseAddr(n.answers[min(n.asked[q.Type], len(n.answers)-1)])
	head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: dnsmessage.ClassINET, TTL: 0}
	switch {
	case q.Type == dnsmessage.TypeA && address.Is4():
		m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: address.As4()}}}
	case q.Type == dnsmessage.TypeAAAA && address.Is6():
		m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AAAAResource{AAAA: address.As16()}}}
	}
	n.asked[q.Type]++
}

// site is a server on 127.0.0.1 that counts its requests.
func site(t *testing.T, h http.HandlerFunc) (address string, calls func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func ok(http.ResponseWriter, *http.Request) {}

// plain is a client for http and these hosts.
func plain(t *testing.T, r *net.Resolver, networks []netip.Prefix, hosts ...string) *Client {
	t.Helper()
	c, err := build(Config{Hosts: hosts, Networks: networks, InsecureHTTP: true, Timeout: 5 * time.Second}, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func wantKind(t *testing.T, err error, want models.Kind) {
	t.Helper()
	if err == nil || models.KindOf(err) != want {
		t.Errorf("%v, want kind %v", err, want)
	}
}

package osia

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A body beyond 4 KiB is read only for who may use the operation it is for.
func TestLongBodiesNeedTheScope(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		method, path, scope string
		code                int
	}{
		{"POST", "/v1/verify/main/p", scopeGallery, 40300},
		{"POST", "/v1/verify/main/p", scopeWrite, 40300},
		{"POST", "/v1/persons/p/encounters/e", scopeVerify, 40300},
		{"PUT", "/v1/persons/p/encounters/e", scopeRead, 40300},
		{"PUT", "/v1/persons/p/encounters/e/status", scopeWrite, 41300},
		{"POST", "/v1/tasks/t/redeliver", scopeTaskUpdate, 41300},
		{"GET", "/v1/galleries", scopeGallery, 41300},
		{"DELETE", "/v1/persons/p", scopeWrite, 41300},
		{"POST", "/v1/galleries", scopeGallery, 40500},
		{"POST", "/v1/verify/", scopeVerify, 40401},
		{"POST", "/livez", scopeVerify, 40401},
	} {
		conn := w.dial() // the body never comes
		w.write(conn, strings.TrimSuffix(w.request(c.method, c.path+tx, "", c.scope), "\r\n")+"Content-Length: 1000000\r\n\r\n")
		w.want(w.answer(bufio.NewReader(conn)), c.code/100, c.code)
	}
	conn := w.dial()
	w.write(conn, strings.TrimSuffix(w.request("POST", "/v1/verify"+tx, "", scopeRead), "\r\n")+
		"Transfer-Encoding: chunked\r\n\r\n100000\r\n")
	w.want(w.answer(bufio.NewReader(conn)), 413, 41300)
}

func TestFindAgreesWithTheRouter(t *testing.T) {
	for _, r := range routes {
		if got, err := find(r.method, fill(r.path)); err != nil || got.operation != r.operation {
			t.Errorf("%s: %s, %v", r.operation, got.operation, err)
		}
	}
}

func TestBodiesTogetherAreBounded(t *testing.T) {
	w := newWorld(t)
	g := w.server.gate
	const all = 1 << 20
	g.left = all // before the first connection
	long := w.request("POST", "/v1/verify/main/p"+tx, probeJSON(item("ann"+strings.Repeat(" ", 700_000))), scopeVerify)

	first := w.dial()
	w.write(first, long[:len(long)/2])
	w.eventually("the hold of the first body", func() bool { return g.room() < all-800_000 })
	second := w.dial()
	w.write(second, long)
	a := w.want(w.answer(bufio.NewReader(second)), 503, 50302)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.want(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item("ann"))), 404, 40400) // a short one passes
	w.write(first, long[len(long)/2:])
	w.want(w.answer(bufio.NewReader(first)), 404, 40400)
	w.eventually("all room", func() bool { return g.room() == all })

	third := w.dial() // one that goes away half-way gives back too; so do chunks
	head, body, _ := strings.Cut(long, "\r\n\r\n")
	head, _, _ = strings.Cut(head, "Content-Length")
	w.write(third, head+fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s", len(body), body[:len(body)/2]))
	w.eventually("the hold of the chunk", func() bool { return g.room() < all-800_000 })
	if err := third.Close(); err != nil {
		t.Fatal(err)
	}
	w.eventually("all room", func() bool { return g.room() == all })
}

// One address has half of the connections, and a silent one not for long, with
// TLS as without.
func TestSilentConnections(t *testing.T) {
	for _, withTLS := range []bool{false, true} {
		t.Run(fmt.Sprint("TLS ", withTLS), func(t *testing.T) {
			w := newWorld(t, func(c *Config) { c.Connections, c.ReadTimeout = 4, time.Second })
			client := http.DefaultClient
			scheme := "http://"
			if withTLS {
				client, scheme = w.secure(), "https://"
			}
			silent := []net.Conn{w.dial(), w.dial()}
			third := w.dial()
			if n, err := third.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Error("the third connection is answered")
			}
			for _, conn := range silent { // 408, or the end, comes by itself
				if _, err := io.ReadAll(conn); err != nil {
					t.Error(err)
				}
			}
			w.eventually("an answer", func() bool {
				a, err := client.Get(scheme + w.address + "/livez")
				if err != nil {
					return false // the gate hears of a closed connection a moment later
				}
				defer a.Body.Close()
				return a.StatusCode == http.StatusOK
			})
			client.CloseIdleConnections()
		})
	}
}

// secure makes a second port of the same kind, with TLS.
func (w *world) secure() *http.Client {
	w.Helper()
	s := httptest.NewTLSServer(nil) // for its certificate
	w.Cleanup(s.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	server, err := New(w.server.config)
	if err != nil {
		w.Fatal(err)
	}
	w.address = l.Addr().String()
	w.run(server, tls.NewListener(l, &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}))
	return s.Client()
}

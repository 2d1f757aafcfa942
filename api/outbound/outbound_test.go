package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oblik/models"
)

var ctx = context.Background()

func TestPostAndGet(t *testing.T) {
	type request struct{ method, mime, query, body string }
	got := make(chan request, 3)
	address, _ := site(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- request{r.Method, r.Header.Get("Content-Type"), r.URL.RawQuery, string(body)}
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		_, _ = io.WriteString(w, "12345")
	})
	c := plain(t, nil, nil, address)
	status, err := c.Post(ctx, "http://"+address+"/x?a=%20b", "application/error+json", []byte("body"))
	if err != nil {
		t.Fatal(err)
	}
	if r := <-got; status != 204 || r != (request{"POST", "application/error+json", "a=%20b", "body"}) {
		t.Errorf("%d, %+v", status, r)
	}
	data, err := c.Get(ctx, "http://"+address+"/x", 5)
	if err != nil {
		t.Fatal(err)
	}
	if r := <-got; string(data) != "12345" || r.method != "GET" {
		t.Errorf("%q, %+v", data, r)
	}
	_, err = c.Get(ctx, "http://"+address+"/x", 4)
	wantKind(t, err, models.LargeImage)
}

func TestNoRedirects(t *testing.T) {
	inner, innerCalls := site(t, ok)
	outer, _ := site(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+inner+"/", http.StatusTemporaryRedirect)
	})
	c := plain(t, nil, nil, outer, inner) // even if it is listed
	if status, err := c.Post(ctx, "http://"+outer+"/", "text/plain", []byte("x")); err != nil || status != 307 {
		t.Errorf("%d, %v", status, err)
	}
	_, err := c.Get(ctx, "http://"+outer+"/", 10)
	wantKind(t, err, models.Invalid)
	if innerCalls() != 0 {
		t.Error("a redirect was followed")
	}
}

// A listed name whose address is not of the public Internet is not called, in
// whatever form the address comes.
func TestForbiddenAddresses(t *testing.T) {
	address, calls := site(t, ok)
	_, port, _ := net.SplitHostPort(address)
	for _, a := range []string{
		"127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
		"255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",
		"::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fc00::1", "fd00::1", "ff02::1", "fec0::1",
		"64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "100::1", "::ffff:0:127.0.0.1",
	} {
		r, _ := resolver(t, a)
		c := plain(t, r, nil, "desk.example:"+port)
		_, err := c.Post(ctx, "http://desk.example:"+port+"/?token=secret", "text/plain", nil)
		wantKind(t, err, models.Invalid)
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), a) || !strings.Contains(err.Error(), "desk.example")) {
			t.Errorf("%s: the error is %v", a, err)
		}
	}
	if calls() != 0 {
		t.Error("a forbidden address was called")
	}
}

func TestListedNetworks(t *testing.T) {
	address, calls := site(t, ok)
	_, port, _ := net.SplitHostPort(address)
	r, _ := resolver(t, "127.0.0.1")
	c := plain(t, r, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/30"), netip.MustParsePrefix("fd00::/8")}, "desk.example:"+port, "127.0.0.1:1")
	if _, err := c.Post(ctx, "http://desk.example:"+port+"/", "text/plain", nil); err != nil || calls() != 1 {
		t.Errorf("%v after %d calls", err, calls())
	}
	r, _ = resolver(t, "127.0.0.9")
	c = plain(t, r, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/30")}, "desk.example:"+port, "127.0.0.9:"+port)
	_, err := c.Post(ctx, "http://desk.example:"+port+"/", "text/plain", nil)
	wantKind(t, err, models.Invalid) // the address is listed for itself, not for the name
}

// A name that is public when it is looked at, and ours a moment later, is looked
// up once for a call; and each call's address is checked.
func TestRebinding(t *testing.T) {
	address, calls := site(t, ok)
	_, port, _ := net.SplitHostPort(address)
	r, names := resolver(t, "127.0.0.1", "10.0.0.1")
	c := plain(t, r, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, "desk.example:"+port)
	target := "http://desk.example:" + port + "/"
	if err := c.Check(target); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Post(ctx, target, "text/plain", nil); err != nil || calls() != 1 {
		t.Fatalf("%v after %d calls", err, calls())
	}
	names.mu.Lock()
	for family, n := range names.asked {
		if n > 1 {
			t.Errorf("one call asked %d times for %v", n, family)
		}
	}
	names.mu.Unlock()
	c.Close() // else the checked connection is used again
	_, err := c.Post(ctx, target, "text/plain", nil)
	wantKind(t, err, models.Invalid)
}

func TestNoProxy(t *testing.T) {
	proxy, calls := site(t, ok)
	t.Setenv("HTTP_PROXY", "http://"+proxy)
	t.Setenv("HTTPS_PROXY", "http://"+proxy)
	r, _ := resolver(t, "10.0.0.1")
	for _, scheme := range []string{"http", "https"} {
		_, err := plain(t, r, nil, "desk.example").Post(ctx, scheme+"://desk.example/", "text/plain", nil)
		wantKind(t, err, models.Invalid)
	}
	if calls() != 0 {
		t.Error("the proxy was asked")
	}
}

func TestTLS(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(ok))
		server.TLS = &tls.Config{MinVersion: version, MaxVersion: version}
		server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		server.StartTLS()
		ca := filepath.Join(t.TempDir(), "ca.pem")
		block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		if err := os.WriteFile(ca, block, 0o600); err != nil {
			t.Fatal(err)
		}
		host := server.Listener.Addr().String()
		post := func(c Config) error {
			client, err := New(c)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			_, err = client.Post(ctx, "https://"+host+"/", "text/plain", nil)
			return err
		}
		if err := post(Config{Hosts: []string{host}, CAFile: ca}); (err == nil) != (version >= tls.VersionTLS12) {
			t.Errorf("TLS %x: %v", version, err)
		}
		wantKind(t, post(Config{Hosts: []string{host}}), models.Unavailable) // nobody vouches for it
		server.Close()
	}
}

func TestSlowAndEndless(t *testing.T) {
	address, _ := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/silent":
			<-r.Context().Done()
		case "/headers":
			w.Header().Set("X", strings.Repeat("x", 2*maxHeaders))
		case "/endless":
			for chunk := bytes.Repeat([]byte("x"), 1<<10); ; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "/drip":
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("x"))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		case "/large":
			w.Header().Set("Content-Length", "1000000")
		case "/none":
			w.WriteHeader(http.StatusNotFound)
		case "/ill":
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	c, err := New(Config{Hosts: []string{address}, InsecureHTTP: true, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for path, want := range map[string]models.Kind{
		"silent": models.Unavailable, "headers": models.Unavailable, "endless": models.LargeImage, "drip": models.Unavailable,
		"large": models.LargeImage, "none": models.Invalid, "ill": models.Unavailable,
	} {
		_, err := c.Get(ctx, "http://"+address+"/"+path, 1<<20-1<<19)
		wantKind(t, err, want)
	}
	for _, path := range []string{"endless", "drip"} { // the status is all that counts
		if status, err := c.Post(ctx, "http://"+address+"/"+path, "text/plain", nil); err != nil || status != 200 {
			t.Errorf("%s: %d, %v", path, status, err)
		}
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err = c.Post(over, "http://"+address+"/silent", "text/plain", nil)
	wantKind(t, err, models.Unavailable)
	_, err = c.Post(ctx, "http://127.0.0.1:1/", "text/plain", nil)
	wantKind(t, err, models.Invalid) // not listed
}

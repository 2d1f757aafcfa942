package osia

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"oblik/models"
)

// raw sends bytes as they are and reads one answer; closed says whether the
// connection was closed after it.
func (w *world) raw(request string) (a reply, closed bool) {
	w.Helper()
	conn, err := net.Dial("tcp", w.address)
	if err != nil {
		w.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		w.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		w.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		w.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.Fatal(err)
	}
	return reply{r.StatusCode, r.Header, body}, r.Close
}

func TestRawHTTP(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.ReadTimeout, c.BodyTimeout = 200*time.Millisecond, 200*time.Millisecond })
	bearer := "Authorization: Bearer " + w.token(Scopes()...) + "\r\n"
	body := probeJSON(item("ann"))
	head := "POST /v1/verify/main/p?transactionId=t HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + bearer
	length := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	for name, c := range map[string]struct {
		request string
		code    int
		closed  bool
	}{
		"sound":               {head + length + "\r\n" + body, 40400, false},
		"chunked":             {head + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body), 40400, false},
		"HTTP/1.0":            {strings.Replace(head, "1.1", "1.0", 1) + length + "\r\n" + body, 40400, true},
		"two lengths":         {head + length + length + "\r\n" + body, 40099, true},
		"length and chunked":  {head + length + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body), 40099, true},
		"length not a number": {head + "Content-Length: x\r\n\r\n", 40099, true},
		"short body":          {head + "Content-Length: 1000\r\n\r\n" + body, 40800, true},
		"chunked, no end":     {head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 40800, true},
		"half a header":       {head, 40800, true},
		"body too large":      {head + "Content-Length: 30000000\r\n\r\n", 41300, true},
		"a stranger's body":   {"POST /v1/persons HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n", 40100, true},
		"64 KB of header":     {head + "X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", 43100, true},
		"1000 headers":        {head + strings.Repeat("X-Header-Of-Length: value\r\n", 1000) + "\r\n", 43100, true},
		"folded header":       {head + "X: a\r\n b\r\n" + length + "\r\n" + body, 40099, true},
		"space before colon":  {head + "X : a\r\n" + length + "\r\n" + body, 40099, true},
		"coding identity":     {head + "Transfer-Encoding: identity\r\n\r\n", 40099, true},
		"coding xchunked":     {head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 40099, true},
		"coding gzip":         {head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 40099, true},
		"chunked in 1.0":      {strings.Replace(head, "1.1", "1.0", 1) + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 40099, true},
		"CR in a name":        {head + "X\rTransfer-Encoding: chunked\r\n" + length + "\r\n" + body, 40099, true},
		"CR in a value":       {head + "X: a\rb\r\n" + length + "\r\n" + body, 40099, true},
		"NUL in a value":      {head + "X: a\x00b\r\n" + length + "\r\n" + body, 40099, true},
		"HTTP/9.9":            {strings.Replace(head, "1.1", "9.9", 1) + length + "\r\n" + body, 40099, true},
		"HTTP/1.10":           {strings.Replace(head, "1.1", "1.10", 1) + length + "\r\n" + body, 40099, true},
		"blank in the path":   {strings.Replace(head, "main/p", "main/p q", 1) + length + "\r\n" + body, 40099, true},
		"two hosts":           {head + "Host: y\r\n" + length + "\r\n" + body, 40099, true},
		"absolute form":       {strings.Replace(head, "/v1", "http://other/v1", 1) + length + "\r\n" + body, 40099, true},
		"TRACE":               {"TRACE /v1/galleries HTTP/1.1\r\nHost: x\r\n\r\n", 40500, false},
		"CONNECT":             {"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 40099, true},
		"unknown method":      {"FROB /v1/galleries HTTP/1.1\r\nHost: x\r\n\r\n", 40500, false},
		"PATCH":               {"PATCH /v1/persons/p HTTP/1.1\r\nHost: x\r\n\r\n", 40500, false},
		"no path":             {"GET /v2 HTTP/1.1\r\nHost: x\r\n\r\n", 40401, false},
		"path in capitals":    {"GET /V1/galleries HTTP/1.1\r\nHost: x\r\n\r\n", 40401, false},
		"slash at the end":    {"GET /v1/galleries/ HTTP/1.1\r\nHost: x\r\n\r\n", 40401, false},
	} {
		t.Run(name, func(t *testing.T) {
			a, closed := w.raw(c.request)
			a.header.Del("Date")
			w.want(a, c.code/100, c.code)
			if closed != c.closed {
				t.Errorf("connection closed: %v", closed)
			}
			if c.code == 40500 && a.header.Get("Allow") == "" {
				t.Error("the answer does not say which methods there are")
			}
			if server := a.header.Get("Server"); server != "" {
				t.Errorf("Server: %s", server)
			}
		})
	}
}

func TestContentTypes(t *testing.T) {
	w := newWorld(t)
	w.enroll("p", "e", "ann")
	for _, c := range []struct {
		header, value string
		code          int
	}{
		{"Content-Type", "application/json", 0},
		{"Content-Type", "Application/JSON; charset=UTF-8", 0},
		{"Content-Type", "", 40041},
		{"Content-Type", "application/json; charset=utf-7", 40041},
		{"Content-Type", "application/json, text/html", 40041},
		{"Content-Type", "text/json", 40041},
		{"Content-Type", "multipart/form-data; boundary=x", 40041},
		{"Content-Type", "multipart/form-data", 40041},
		{"Content-Encoding", "gzip", 40042},
		{"Content-Encoding", "identity", 40042},
	} {
		a := w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item("ann")), func(q *http.Request) { q.Header.Set(c.header, c.value) })
		if c.code == 0 {
			w.want(a, 200, 0)
			continue
		}
		w.want(a, c.code/100, c.code)
	}
}

func TestTwoLargeImagesFit(t *testing.T) {
	w := newWorld(t)
	large := item("ann" + strings.Repeat(" ", 6<<20-3))
	a := w.send("POST", "/v1/verify"+tx, `{"biometricData1":[`+large+`],"biometricData2":[`+large+`]}`)
	w.want(a, 200, 0)
	expect := func(q *http.Request) { q.Header.Set("Expect", "100-continue") }
	w.want(w.send("POST", "/v1/verify"+tx, `{"biometricData1":[`+large+`],"biometricData2":[`+large+`]}`, expect), 200, 0)
	w.want(w.send("POST", "/v1/verify"+tx, strings.Repeat(" ", 20<<20+1)), 413, 41300)
}

func TestBusyAndHealthy(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Concurrency = 1 })
	w.enroll("p", "e", "ann")
	done := make(chan reply, 1)
	go func() { done <- w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item("hold"))) }()
	<-w.held
	a := w.want(w.send("GET", "/v1/galleries"+tx, ""), 503, 50302)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.want(w.send("GET", "/livez", ""), 200, 0)
	w.want(w.send("GET", "/readyz", ""), 200, 0)
	close(w.release)
	w.want(<-done, 200, 0)
	w.want(w.send("GET", "/v1/galleries"+tx, ""), 200, 0)
}

func TestDeadline(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Timeout = 20 * time.Millisecond })
	w.want(w.send("POST", "/v1/verify"+tx, `{"biometricData1":[`+item("wait")+`],"biometricData2":[`+item("wait")+`]}`), 503, 50301)
}

func TestReadiness(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Alive = func() error { return models.Errorf("pool", models.Unavailable, "no worker is alive") }
	})
	noToken := func(q *http.Request) { q.Header.Del("Authorization") }
	if _, text := w.want(w.send("GET", "/readyz", "", noToken), 503, 50303).fault(t); !strings.Contains(text, "no worker is alive") {
		t.Errorf("message %q", text)
	}
	w.want(w.send("GET", "/livez", "", noToken), 200, 0)
}

func TestNewRefuses(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]Config{
		"nothing":      {},
		"no key":       {Service: w.service, Auth: Auth{Issuer: "i", Audience: "a"}},
		"no audience":  {Service: w.service, Auth: Auth{Keys: w.server.config.Auth.Keys, Issuer: "i"}},
		"body limit":   {Service: w.service, Auth: Auth{Keys: w.server.config.Auth.Keys, Issuer: "i", Audience: "a"}, BodyLimit: -1},
		"a slow clock": {Service: w.service, Auth: Auth{Keys: w.server.config.Auth.Keys, Issuer: "i", Audience: "a"}, Timeout: -1},
	} {
		_, err := New(c)
		if models.KindOf(err) != models.Invalid || err == nil || errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShutdownBeforeServe(t *testing.T) {
	w := newWorld(t)
	s, err := New(Config{Service: w.service, Auth: Auth{Keys: w.server.config.Auth.Keys, Issuer: "i", Audience: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(l); err != nil {
		t.Error(err)
	}
}

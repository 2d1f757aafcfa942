package osia

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// dial opens a connection whose reads and writes end in an error after a while.
func (w *world) dial() net.Conn {
	w.Helper()
	conn, err := net.Dial("tcp", w.address)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		w.Fatal(err)
	}
	return conn
}

func (w *world) write(conn net.Conn, text string) {
	w.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		w.Fatal(err)
	}
}

func (w *world) answer(r *bufio.Reader) reply {
	w.Helper()
	a, err := http.ReadResponse(r, nil)
	if err != nil {
		w.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		w.Fatal(err)
	}
	return reply{a.StatusCode, a.Header, body}
}

// eventually waits for what another goroutine is about to do.
func (w *world) eventually(what string, done func() bool) {
	w.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			w.Fatalf("%s did not come to be", what)
		}
	}
}

// request is one with a token of scopes and, if body is not empty, a length.
func (w *world) request(method, path, body string, scopes ...string) string {
	w.Helper()
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n", method, path, w.token(scopes...))
	if body != "" {
		head += fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	return head + "\r\n" + body
}

func TestPipelinedRequestsAreAllAnswered(t *testing.T) {
	w := newWorld(t)
	conn := w.dial()
	enrol := func(person string) string {
		return w.request("POST", "/v1/persons/"+person+"/encounters/e"+tx, encounterJSON(item(person)), scopeWrite)
	}
	w.write(conn, enrol("ann")+enrol("bob")+
		w.request("GET", "/v1/persons/cid/encounters/e"+tx, "", scopeRead)+w.request("GET", "/livez", "", scopeRead))
	r := bufio.NewReader(conn)
	for _, person := range []string{"ann", "bob"} {
		if a := w.want(w.answer(r), 200, 0); !strings.Contains(string(a.body), person) {
			t.Errorf("%s: %s", person, a.body)
		}
	}
	w.want(w.answer(r), 404, 40400)
	w.want(w.answer(r), 200, 0)
}

func TestBytesAfterARequest(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{"", encounterJSON(item("ann"))} {
		method, path := "GET", "/v1/galleries"+tx
		if body != "" {
			method, path = "POST", "/v1/persons/p/encounters/e"+tx
		}
		conn := w.dial()
		r := bufio.NewReader(conn)
		w.write(conn, w.request(method, path, body, scopeGallery, scopeWrite)+"\r\n")
		w.want(w.answer(r), 200, 0)
		w.write(conn, w.request("GET", "/livez", "", scopeRead))
		w.want(w.answer(r), 200, 0)
	}
}

// Closing with bytes unread would reset the connection under the client's hands.
func TestATooLargeBodyIsAnsweredToAClientThatSendsAllOfIt(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.BodyLimit = 64 << 10 })
	body := strings.Repeat(" ", 16<<20)
	for _, c := range []struct {
		scope string
		code  int
	}{{scopeVerify, 41300}, {scopeRead, 40300}} {
		conn := w.dial()
		w.write(conn, w.request("POST", "/v1/verify"+tx, body, c.scope))
		w.want(w.answer(bufio.NewReader(conn)), c.code/100, c.code)
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// rowAnswer is what a service said to a request that was made by hand.
type rowAnswer struct {
	status int
	fault
	text   []byte
	header http.Header
	closed bool // the service closes the connection after it
}

func answerOf(t testing.TB, r *http.Response) rowAnswer {
	t.Helper()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	_ = r.Body.Close()
	a := rowAnswer{status: r.StatusCode, text: text, header: r.Header, closed: r.Close}
	if r.StatusCode >= 400 {
		if err := json.Unmarshal(text, &a.fault); err != nil || a.Code/100 != r.StatusCode || a.Message == "" {
			t.Errorf("status %d with %.200q, which is no Error of OSIA's: %v", r.StatusCode, text, err)
		}
	}
	return a
}

// send is for what the helpers of [server] would not: a target as it stands, a
// body that is no JSON, other headers. The caller's headers win; one of no
// value is left out.
func (s *server) send(method, target, body string, headers ...[2]string) rowAnswer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, s.url+target, bytes.NewReader([]byte(body)))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		r.Header.Del(h[0])
	}
	for _, h := range headers {
		if h[1] != "" {
			r.Header.Add(h[0], h[1])
		}
	}
	reply, err := s.http.Do(r)
	if err != nil {
		s.t.Errorf("%s %.80s: %v", method, target, err)
		return rowAnswer{}
	}
	return answerOf(s.t, reply)
}

// dial opens a connection, on which a minute may pass.
func (s *server) dial() net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		s.t.Fatal(err)
	}
	return conn
}

// raw sends bytes as they are and reads the first answer.
func (s *server) raw(request string) rowAnswer {
	s.t.Helper()
	conn := s.dial()
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		s.t.Error(err)
	}
	return read(s.t, conn)
}

func read(t testing.TB, conn net.Conn) rowAnswer {
	t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Error(err)
		return rowAnswer{}
	}
	return answerOf(t, r)
}

// text is a body as it is sent.
func text(t testing.TB, body any) string {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// nothingLeft ends a service on which one person, p, was enrolled once, and
// looks whether it holds anything else.
func nothingLeft(t testing.TB, s *server, set storeSet) {
	t.Helper()
	if status := s.do("POST", "/v1/verify/ALL/p", probe(photoFile(t, "obama2.jpg")), nil); status != 200 {
		t.Errorf("afterwards a good probe is answered %d", status)
	}
	var galleries []string
	if status := s.do("GET", "/v1/galleries", nil, &galleries); status != 200 || len(galleries) != 1 {
		t.Errorf("status %d, galleries %q", status, galleries)
	}
	s.stop()
	if r := set.sweep(t); r.Images != 1 || r.References != 1 || r.Orphans+r.Missing+r.Corrupt != 0 {
		t.Errorf("in the stores: %+v", r)
	}
	for event, n := range set.events(t) {
		if event[0] != "p" && event[0] != "" {
			t.Errorf("the audit trail knows %q of somebody else, %d times", event[1], n)
		}
	}
}

// withP is a service on stores of its own with one person on record.
func withP(t testing.TB, flags ...string) (*server, storeSet) {
	t.Helper()
	set := embeddedSet(t)
	s := set.start(t, nil, flags...)
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("a good photograph: %d", status)
	}
	return s, set
}

package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Rows 44 and 45: headers and requests that are no sound HTTP, or that ask for
// what is not there.
func TestRowsOfHTTP(t *testing.T) {
	s, set := withP(t)
	body := text(t, probe(photoFile(t, "obama2.jpg")))
	bearer := "Authorization: Bearer " + s.token + "\r\n"
	head := "POST /v1/verify/g/p?transactionId=t HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + bearer
	length := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	for _, c := range []struct {
		row     int
		name    string
		request string
		code    int
	}{
		{44, "64 kB of header", head + "X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", 43100},
		{44, "1,000 headers", head + strings.Repeat("X-Header-Of-Length: value\r\n", 1000) + "\r\n", 43100},
		{44, "a CR in a value", head + "X: a\rb\r\n" + length + "\r\n" + body, 40099},
		{44, "a NUL in a value", head + "X: a\x00b\r\n" + length + "\r\n" + body, 40099},
		{44, "a line break in a value", head + "X: a\r\nHTTP/1.1 200 OK\r\n" + length + "\r\n" + body, 40099},
		{44, "another's address", head + "X-Forwarded-For: 192.0.2.77\r\nForwarded: for=192.0.2.77\r\nX-Real-IP: 192.0.2.77\r\n" + length + "\r\n" + body, 0},
		{44, "no traceparent", head + "traceparent: 00-zz-zz-99\r\ntracestate: " + strings.Repeat("a=b,", 500) + "\r\n" + length + "\r\n" + body, 0},
		{45, "a length and chunks", head + length + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body), 40099},
		{45, "two lengths", head + length + "Content-Length: 3\r\n\r\n" + body, 40099},
		{45, "a coding that hides chunks", head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 40099},
		{45, "HTTP/1.0", strings.Replace(head, "1.1", "1.0", 1) + length + "\r\n" + body, 0},
		{45, "HTTP/9.9", strings.Replace(head, "1.1", "9.9", 1) + length + "\r\n" + body, 40099},
		{45, "absolute form", "GET http://other/v1/galleries?transactionId=t HTTP/1.1\r\nHost: x\r\n" + bearer + "\r\n", 40099},
		{45, "TRACE", "TRACE /v1/galleries?transactionId=t HTTP/1.1\r\nHost: x\r\n" + bearer + "\r\n", 40500},
		{45, "CONNECT", "CONNECT other:443 HTTP/1.1\r\nHost: x\r\n" + bearer + "\r\n", 40099},
	} {
		a := s.raw(c.request)
		if a.Code != c.code || c.code == 0 && a.status != 200 {
			t.Errorf("row %d, %s: status %d, code %d (%s), want %d", c.row, c.name, a.status, a.Code, a.Message, c.code)
		}
	}
	nothingLeft(t, s, set)
	if strings.Contains(s.log.String(), "192.0.2.77") {
		t.Error("the log believes the address that a stranger tells")
	}
}

// Row 36: requests that do not end when they said. The connection is taken back
// by the service itself, with 408 or an error, while others are served.
func TestRowsOfUnfinishedRequests(t *testing.T) {
	s, set := withP(t)
	enrol := "POST /v1/persons/q/encounters/1?transactionId=t HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + s.token + "\r\n"
	var waiting sync.WaitGroup
	for name, request := range map[string]string{
		"a body that is too short": enrol + "Content-Length: 1000\r\n\r\n{}",
		"half a header":            enrol,
	} {
		waiting.Go(func() {
			if a := s.raw(request); a.Code != 40800 || !a.closed {
				t.Errorf("%s: code %d (%s), closed %v", name, a.Code, a.Message, a.closed)
			}
		})
	}
	waiting.Go(func() { // a byte a second
		conn := s.dial()
		defer conn.Close()
		stop := make(chan struct{})
		defer close(stop)
		go drip(conn, enrol, stop)
		if a := read(t, conn); a.Code != 40800 || !a.closed {
			t.Errorf("a byte a second: code %d (%s), closed %v", a.Code, a.Message, a.closed)
		}
	})
	waiting.Go(func() { // the rest of a body that is longer than it says is no request
		conn := s.dial()
		defer conn.Close()
		if _, err := io.WriteString(conn, enrol+"Content-Length: 2\r\n\r\n{}{\"status\":\"ACTIVE\"}\r\n\r\n"); err != nil {
			t.Error(err)
		}
		all, err := io.ReadAll(conn)
		if err != nil || strings.Count(string(all), "HTTP/1.1 400") != 2 || !strings.Contains(string(all), "40099") {
			t.Errorf("a body that is too long: %v, %.500s", err, all)
		}
	})
	if status := s.do("POST", "/v1/verify/g/p", probe(photoFile(t, "obama2.jpg")), nil); status != 200 {
		t.Errorf("beside them a good probe is answered %d", status)
	}
	waiting.Wait()
	nothingLeft(t, s, set)
}

// drip writes a byte a second until told to stop or the other side is gone.
func drip(conn net.Conn, text string, stop <-chan struct{}) {
	for i := range len(text) {
		if _, err := conn.Write([]byte{text[i]}); err != nil {
			return
		}
		select {
		case <-stop:
			return
		case <-time.After(time.Second):
		}
	}
}

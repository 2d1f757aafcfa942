package osia

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestShutdownCutsUnfinishedRequests(t *testing.T) {
	w := newWorld(t)
	idle, silent, half, slow := w.dial(), w.dial(), w.dial(), w.dial()
	w.write(idle, w.request("GET", "/livez", "", scopeRead))
	w.want(w.answer(bufio.NewReader(idle)), 200, 0)
	w.write(half, "POST /v1/verify?transaction")
	long := w.request("POST", "/v1/verify"+tx, strings.Repeat(" ", 1<<20), scopeVerify)
	w.write(slow, long[:len(long)/2])
	w.eventually("four connections", func() bool {
		w.server.gate.mu.Lock()
		defer w.server.gate.mu.Unlock()
		return len(w.server.gate.open) == 4
	})
	if err := w.server.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	for _, conn := range []io.Reader{idle, silent, half, slow} {
		if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Error("a connection is open, or got an answer")
		}
	}
}

// What an operation works with is closed after Shutdown; so Shutdown waits for
// it, even beyond its own time, and the answer arrives.
func TestShutdownWaitsForOperations(t *testing.T) {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	for _, ctx := range []context.Context{context.Background(), over} {
		w := newWorld(t)
		w.enroll("p", "e", "ann")
		held := make(chan reply, 1)
		go func() { held <- w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item("hold"))) }()
		<-w.held
		done := make(chan error, 1)
		go func() { done <- w.server.Shutdown(ctx) }()
		w.eventually("every slot taken", func() bool { return len(w.server.slots) == cap(w.server.slots) })
		select {
		case err := <-done:
			t.Errorf("Shutdown does not wait: %v", err)
		default:
		}
		close(w.release)
		if a := <-held; a.status != 200 && (ctx != over || a.status != 503) { // cancelled in time, or not
			t.Errorf("%d %s", a.status, a.body)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestShutdownEndsLongOperations(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Timeout = time.Hour })
	conn := w.dial()
	w.write(conn, w.request("POST", "/v1/verify"+tx, `{"biometricData1":[`+item("wait")+`],"biometricData2":[`+item("wait")+`]}`, scopeVerify))
	w.eventually("a slot taken", func() bool { return len(w.server.slots) == 1 })
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if err := w.server.Shutdown(over); err != nil {
		t.Error(err)
	}
	a, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusServiceUnavailable || !a.Close {
		t.Errorf("status %d, closed: %v", a.StatusCode, a.Close)
	}
}

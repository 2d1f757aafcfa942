package conformance

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// newInbox starts one that listens.
func newInbox(t *testing.T) *Inbox {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	inbox := NewInbox("http://"+server.Listener.Addr().String()+"/", 5*time.Second)
	server.Config.Handler = inbox
	server.Start()
	t.Cleanup(server.Close)
	return inbox
}

// post delivers and gives the status; 0: the connection was closed.
func post(t *testing.T, url, body string) int {
	t.Helper()
	r, err := http.Post(url, "application/json", strings.NewReader(body)) //nolint:gosec // of a test's own server
	if err != nil {
		return 0
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		t.Error(err)
	}
	return r.StatusCode
}

func TestInboxKeepsDeliveriesApart(t *testing.T) {
	inbox := newInbox(t)
	first, second := inbox.open(204), inbox.open(500)
	if status := post(t, first.url+"?keep=1&taskId=t", `"OK"`); status != 204 {
		t.Errorf("status %d", status)
	}
	if status := post(t, second.url, `{`); status != 500 {
		t.Errorf("status %d", status)
	}
	if !first.await(context.Background(), 0) || !second.await(context.Background(), 0) {
		t.Fatal("nothing has come")
	}
	d := first.all()[0]
	if len(first.all()) != 1 || d.body != "OK" || d.query.Get("keep") != "1" || d.method != "POST" || d.contentType != "application/json" {
		t.Errorf("delivered %+v", d)
	}
	if second.all()[0].body != nil {
		t.Error("half an object is read as JSON")
	}
	if status := post(t, inbox.url+"/nobodys", `"OK"`); status != 403 {
		t.Errorf("status %d to a callback that nobody waits for", status)
	}
}

func TestInboxFailsAsAsked(t *testing.T) {
	box := newInbox(t).open(0)
	if status := post(t, box.url, `"OK"`); status != 0 {
		t.Errorf("status %d, want a closed connection", status)
	}
	box.reply(204)
	if status := post(t, box.url, `"OK"`); status != 204 || len(box.all()) < 2 {
		t.Errorf("status %d, %d deliveries", status, len(box.all()))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if box.await(ctx, 100) {
		t.Error("a hundred deliveries have come")
	}
}

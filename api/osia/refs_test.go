package osia

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"oblik/api"
	"oblik/api/outbound"
)

// Photographs that come by reference are fetched once from listed hosts, matched
// and kept; reading gives the reference and the image.
func TestImagesByReference(t *testing.T) {
	asked := 0
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		asked++
		switch q.URL.Path {
		case "/ann":
			_, _ = w.Write([]byte("ann"))
		case "/moved":
			http.Redirect(w, q, "/ann", http.StatusFound)
		case "/long":
			_, _ = w.Write([]byte(strings.Repeat("x", api.DefaultPolicy().MaxImageBytes+1)))
		case "/broken":
			w.WriteHeader(http.StatusBadGateway)
		default:
			http.NotFound(w, q)
		}
	}))
	t.Cleanup(site.Close)
	client, err := outbound.New(outbound.Config{Hosts: []string{strings.TrimPrefix(site.URL, "http://")}, InsecureHTTP: true})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldOf(t, func(p *api.Parts) {
		p.Fetch = func(ctx context.Context, uri string) ([]byte, error) {
			return client.Get(ctx, uri, p.Policy.MaxImageBytes)
		}
	})
	by := func(path string) string { return `{"biometricType":"FACE","imageRef":"` + site.URL + path + `"}` }

	w.want(w.send("POST", visits+tx, encounterJSON(by("/ann"))), 200, 0)
	read := children(t, object(t, w.want(w.send("GET", visits+tx, ""), 200, 0).body)["biometricData"])[0]
	if read["imageRef"] != site.URL+"/ann" || read["image"] != image("ann") {
		t.Errorf("read %v", read)
	}
	w.want(w.send("PUT", visits+tx, encounterJSON(by("/ann"))), 200, 0)
	for _, probe := range []string{item("ann"), by("/ann")} {
		if d := w.want(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(probe)), 200, 0); !strings.Contains(string(d.body), `"decision":true`) {
			t.Errorf("%s", d.body)
		}
	}
	if got := w.found("/v1/identify/main", identifyJSON("{}", by("/ann"))); got != "p" {
		t.Errorf("found %q", got)
	}
	if asked != 4 {
		t.Errorf("asked %d times", asked)
	}
	for path, code := range map[string]int{"/long": 40014, "/moved": 40031, "/none": 40031, "/broken": 40031} {
		if got, text := w.want(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(by(path))), 400, 0).fault(t); got != code {
			t.Errorf("%s: %d %s", path, got, text)
		}
	}
	refused := func(uri, says string) {
		t.Helper()
		a := w.want(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(`{"biometricType":"FACE","imageRef":"`+uri+`"}`)), 400, 40031)
		if _, text := a.fault(t); !strings.HasPrefix(text, "a photograph given by reference can't be had: ") || !strings.Contains(text, says) {
			t.Errorf("%s: %s", uri, text)
		}
	}
	for _, uri := range []string{"https://elsewhere.example/a", "http://127.0.0.1:1/a", "http://169.254.169.254/"} {
		refused(uri, "its host and port are not listed")
	}
	refused("file:///etc/passwd", "not an absolute URL")
	refused(site.URL+"/none", "answers 404")
	refused(site.URL+"/broken", "it could not be reached, try again later: 127.0.0.1 answers 502")
	site.Close()
	refused(site.URL+"/ann", "try again later: 127.0.0.1: the connection is refused")
	// An image that is there is not fetched again.
	both := strings.Replace(item("ann"), `"image"`, `"imageRef":"https://elsewhere.example/a","image"`, 1)
	w.want(w.send("PUT", visits+tx, encounterJSON(both)), 200, 0)
}

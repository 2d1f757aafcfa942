package osia

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// reference is what the page loads.
var reference = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

// TestViewerIsWhole: everything the page refers to is served here, of the right
// type, and nothing of the page asks for what its policy forbids.
func TestViewerIsWhole(t *testing.T) {
	w := newWorld(t, docs)
	text := w.want(w.send("GET", "/docs", ""), 200, 0)
	start := w.want(w.send("GET", "/docs/viewer.js", ""), 200, 0)
	for _, bad := range []string{"<script>", "<style", "style=", "onload=", "http:", "https:"} {
		if bytes.Contains(text.body, []byte(bad)) {
			t.Errorf("the page has %s", bad)
		}
	}
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".png": "image/png"}
	found := reference.FindAllSubmatch(text.body, -1)
	if len(found) != 4 {
		t.Fatalf("%d references", len(found))
	}
	for _, m := range found {
		path := string(m[1])
		a := w.want(w.send("GET", path, "", func(q *http.Request) { q.Header.Set("Accept-Encoding", "identity") }), 200, 0)
		if got := a.header.Get("Content-Type"); got != types[path[strings.LastIndex(path, "."):]] || len(a.body) < 100 || a.header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %s, %d bytes", path, got, len(a.body))
		}
	}
	if !bytes.Contains(start.body, []byte(`url: "/openapi.json"`)) {
		t.Error("the page does not read the description")
	}
	bundle := w.send("GET", "/docs/swagger-ui-bundle.js", "") // Go's client unpacks
	if !bytes.Contains(bundle.body, []byte("SwaggerUIBundle")) {
		t.Error("no Swagger UI")
	}
}

func TestViewerHeaders(t *testing.T) {
	w := newWorld(t, docs)
	for _, path := range []string{"/docs", "/docs/viewer.js", "/docs/swagger-ui.css", "/openapi.json"} {
		a := w.want(w.send("GET", path, "", func(q *http.Request) {
			q.Header.Del("Authorization")
			q.Header.Set("Accept-Encoding", "gzip")
		}), 200, 0)
		policy := a.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" || len(a.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: %v", path, a.header)
		}
		if packed := a.header.Get("Content-Encoding") == "gzip"; packed != strings.HasSuffix(path, ".css") || packed && a.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %v", path, a.header)
		}
	}
}

func TestNoViewerUnlessAskedFor(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/docs", "/openapi.json", "/docs/viewer.js", "/docs/swagger-ui.css"} {
		w.want(w.send("GET", path, ""), 404, int(codePath))
	}
	w = newWorld(t, docs)
	for _, path := range []string{"/docs/", "/docs/../docs/x", "/docs/swagger-ui.js", "/docs/oauth2-redirect.html", "/docs/swagger-ui.css.gz"} {
		w.want(w.send("GET", path, ""), 404, int(codePath))
	}
}

// Whoever asks for a page, without a token, makes the service do next to nothing.
func TestPagesCostNothing(t *testing.T) {
	w := newWorld(t, docs)
	handle := w.server.app.Handler()
	for _, encoding := range []string{"identity", "gzip"} {
		ask := func() {
			var ctx fasthttp.RequestCtx
			ctx.Request.SetRequestURI("/docs/swagger-ui-bundle.js")
			ctx.Request.Header.Set("Accept-Encoding", encoding)
			if handle(&ctx); ctx.Response.StatusCode() != 200 {
				t.Fatal(ctx.Response.StatusCode())
			}
		}
		if bytes := testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				ask()
			}
		}).AllocedBytesPerOp(); bytes > 16<<10 {
			t.Errorf("%s: %d bytes each", encoding, bytes)
		}
	}
}

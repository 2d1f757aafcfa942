package s3

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/minio/minio-go/v7/pkg/signer"

	"oblik/storage/storagetest/servers"
)

// handler stands before a real server. It may answer itself or let next do it.
type handler func(w http.ResponseWriter, r *http.Request, next http.Handler)

// behind gives a bucket that is reached through h.
func behind(t testing.TB, b servers.Bucket, h handler) servers.Bucket {
	t.Helper()
	target, err := url.Parse(b.Endpoint)
	must(t, err)
	forward := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(target)
		p.Out.Host = p.In.Host // the signature covers it
	}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h(w, r, forward) }))
	t.Cleanup(s.Close)
	b.Endpoint = s.URL
	return b
}

// without gives a bucket on a server that does not know some headers: they are
// taken from the requests, which are signed again.
func without(t testing.TB, b servers.Bucket, headers ...string) servers.Bucket {
	t.Helper()
	return behind(t, b, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		for _, name := range headers {
			r.Header.Del(name)
		}
		r.Header.Del("Authorization")
		r.URL.Host = r.Host
		next.ServeHTTP(w, signer.SignV4(*r, b.AccessKey, b.SecretKey, "", defaultRegion))
	})
}

// fails is a handler that lets fault answer the first n requests of a method,
// and the server all others.
func fails(n int32, method string, fault http.HandlerFunc) handler {
	var seen atomic.Int32
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == method && seen.Add(1) <= n {
			fault(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}
}

const always = 1 << 30

// says is a fault: an answer of S3's form.
func says(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`<?xml version="1.0"?><Error><Code>` + code + `</Code><Message>the secret text</Message></Error>`))
	}
}

// hangsUp is a fault: the connection ends without an answer.
func hangsUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// sends is a fault: an answer of the given length that ends with data.
func sends(data []byte, length int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(length))
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		_, _ = w.Write(data)
		if len(data) < length {
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}
}

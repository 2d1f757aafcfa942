package main

import (
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// forger stands before an S3 server. It may answer itself.
type forger struct {
	address string
	forgery atomic.Pointer[forgery]
}

// forgery answers a request, or lets next do it.
type forgery func(w http.ResponseWriter, r *http.Request, next http.Handler)

func newForger(t *testing.T, endpoint string) *forger {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Host = p.In.Host // the signature covers it
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:     slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	f := &forger{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if forge := f.forgery.Load(); forge != nil {
			(*forge)(w, r, forward)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	f.address = strings.TrimPrefix(s.URL, "http://")
	return f
}

func (f *forger) set(forge forgery) { f.forgery.Store(&forge) }
func (f *forger) clear()            { f.forgery.Store(nil) }

// says is an answer of S3's form.
func says(status int, code string) forgery {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`<?xml version="1.0"?><Error><Code>` + code + `</Code><Message>no</Message></Error>`))
	}
}

// answerLost lets the server do it, and nobody hears of it.
func answerLost(_ http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// nothingSure lets the server do it, and tells another ETag and no checksum.
func nothingSure(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	w.Header().Set("ETag", `"00000000000000000000000000000000"`)
}

// otherBytes gives what the server does, with its first byte changed.
func otherBytes(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	body := answer.Body.Bytes()
	body[0]++
	_, _ = w.Write(body)
}

// onImages uses a forgery for the requests of a method about an object.
func onImages(method string, forge forgery) forgery {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		_, object, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
		if r.Method == method && object != "" {
			forge(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// first uses a forgery for the first request of each method only.
func first(forge forgery) forgery {
	var seen sync.Map
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if _, again := seen.LoadOrStore(r.Method, true); again {
			next.ServeHTTP(w, r)
			return
		}
		forge(w, r, next)
	}
}

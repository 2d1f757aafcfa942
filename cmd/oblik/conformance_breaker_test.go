package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"
)

// breakage is one thing that a service does wrong.
type breakage struct {
	name     string
	request  func(*http.Request)                           // changed on its way to the service; nil: not
	answer   func(*http.Request, *reply)                   // changed on its way back; nil: not
	callback func(r *http.Request, query url.Values)       // changed on its way to the client; nil: not
	answered func(http.ResponseWriter, *http.Request) bool // whether the service is not asked at all; nil: it is
	only     string                                        // the checks that are run
	reported []string                                      // those that must fail, sorted
	why      string                                        // what their reasons match
}

// breaker is a reverse proxy with one breakage; callbacks go through it too.
type breaker struct {
	breakage
	proxy *httputil.ReverseProxy
	url   string
}

// newBreaker starts one on an address, before a service, and gives its URL.
func newBreaker(t *testing.T, address, service string, b breakage) string {
	t.Helper()
	to, err := url.Parse(service)
	if err != nil {
		t.Fatal(err)
	}
	x := &breaker{breakage: b, proxy: &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(r *http.Response) error {
			if b.answer == nil {
				return nil
			}
			return rewrite(r, b.answer)
		},
	}}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: x, ReadHeaderTimeout: time.Minute}
	go server.Serve(listener) //nolint:errcheck // ends when the test closes it
	t.Cleanup(func() { server.Close() })
	x.url = "http://" + address
	return x.url
}

// relayed is where callbacks come through; the client's address is its parameter.
const relayed = "/relayed"

func (x *breaker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == relayed {
		x.relay(w, r)
		return
	}
	query := r.URL.Query()
	if x.callback != nil && query.Has("callback") {
		query.Set("callback", x.url+relayed+"?to="+url.QueryEscape(query.Get("callback")))
		r.URL.RawQuery = query.Encode()
	}
	if x.answered != nil && x.answered(w, r) {
		return
	}
	if x.request != nil {
		x.request(r)
	}
	x.proxy.ServeHTTP(w, r)
}

// relay hands a callback on to the client.
func (x *breaker) relay(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	to, err := url.Parse(query.Get("to"))
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	query.Del("to")
	x.callback(r, query)
	all := to.Query()
	for key, values := range query {
		all[key] = values
	}
	to.RawQuery = all.Encode()
	q, err := http.NewRequestWithContext(r.Context(), r.Method, to.String(), r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	q.Header.Set("Content-Type", r.Header.Get("Content-Type"))
	reply, err := http.DefaultClient.Do(q)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer reply.Body.Close()
	w.WriteHeader(reply.StatusCode)
}

// reply is an answer on its way back.
type reply struct {
	status int
	header http.Header
	body   string
}

// rewrite has an answer changed.
func rewrite(r *http.Response, change func(*http.Request, *reply)) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	changed := reply{r.StatusCode, r.Header, string(text)}
	change(r.Request, &changed)
	r.StatusCode, r.Body, r.ContentLength = changed.status, io.NopCloser(strings.NewReader(changed.body)), int64(len(changed.body))
	r.Header.Del("Content-Length")
	return nil
}

// resend replaces a request's body by what f makes of it.
func resend(r *http.Request, f func(string) string) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	changed := []byte(f(string(text)))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(changed)), int64(len(changed))
	r.Header.Del("Content-Length")
}

// is says whether a request is of an operation, by its method and its path,
// where * stands for one id.
func is(r *http.Request, method, path string) bool {
	want, got := strings.Split(path, "/"), strings.Split(r.URL.Path, "/")
	if r.Method != method || len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != "*" && want[i] != got[i] {
			return false
		}
	}
	return true
}

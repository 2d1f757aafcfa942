package s3

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/storagetest/servers"
)

var background = context.Background()

// ready gives a store behind h that was probed without it.
func ready(t *testing.T, b servers.Bucket, h handler) *Store {
	t.Helper()
	s := open(t, behind(t, b, h))
	s.findings.Store(&[]string{})
	return s
}

func TestPutOverFaults(t *testing.T) {
	t.Parallel()
	b := servers.S3(t)
	for name, test := range map[string]struct {
		fault handler
		kind  models.Kind // 0: success
		text  string
	}{
		"overloaded once":       {fails(1, http.MethodPut, says(503, "SlowDown")), 0, ""},
		"overloaded":            {fails(always, http.MethodPut, says(503, "SlowDown")), models.Unavailable, "overloaded"},
		"connection lost once":  {fails(1, http.MethodPut, hangsUp), 0, ""},
		"connection lost":       {fails(always, http.MethodPut, hangsUp), models.Unavailable, "connection was closed"},
		"answer lost":           {answerLost(), 0, ""},
		"an error as success":   {fails(always, http.MethodPut, says(200, "InternalError")), models.Unavailable, "and it is not"},
		"clocks differ":         {fails(always, http.MethodPut, says(403, "RequestTimeTooSkewed")), models.Unavailable, "clocks"},
		"credentials expired":   {fails(always, http.MethodPut, says(400, "ExpiredToken")), models.Unavailable, "have expired"},
		"no permission":         {fails(always, http.MethodPut, says(403, "AccessDenied")), models.Unavailable, "do not permit"},
		"no space":              {fails(always, http.MethodPut, says(507, "XMinioStorageFull")), models.Unavailable, "507 XMinioStorageFull"},
		"changed on the way":    {fails(always, http.MethodPut, says(400, "BadDigest")), models.Unavailable, "changed"},
		"a conflict once":       {fails(1, http.MethodPut, says(409, "ConditionalRequestConflict")), 0, ""},
		"a conflict that isn't": {fails(always, http.MethodPut, says(409, "ConditionalRequestConflict")), models.Unavailable, "and it is not"},
		"another region":        {fails(always, http.MethodPut, says(301, "PermanentRedirect")), models.Unavailable, "region"},
		"no S3 server":          {fails(always, http.MethodPut, says(418, "<br>")), models.Unavailable, "418 no code"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, key, data := ready(t, b, test.fault), storage.NewKey(), []byte(name)
			ref, err := s.Put(background, key, data)
			if test.kind != 0 {
				wantFault(t, err, test.kind, test.text)
				quiet(t, err, b, key)
				return
			}
			must(t, err)
			got, err := s.Get(background, ref)
			must(t, err)
			if !bytes.Equal(got, data) {
				t.Error("other bytes were stored")
			}
		})
	}
}

// answerLost lets the server store, and loses its first answer.
func answerLost() handler {
	var lost atomic.Bool
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut && !lost.Swap(true) {
			next.ServeHTTP(httptest.NewRecorder(), r)
			hangsUp(w, r)
		}
		next.ServeHTTP(w, r)
	}
}

// TestPutBelievesNoServer: what is confirmed without its checksum is looked at.
func TestPutBelievesNoServer(t *testing.T) {
	b := servers.S3(t)
	s := ready(t, b, fails(always, http.MethodPut, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("ETag", `"x"`) }))
	key := storage.NewKey()
	open(t, b).overwrite(t, s.name(key), []byte("theirs"))
	_, err := s.Put(background, key, []byte("ours"))
	wantKind(t, err, models.Integrity)
	_, err = s.Put(background, key, []byte("theirs"))
	must(t, err)
}

func TestGetOverFaults(t *testing.T) {
	t.Parallel()
	b := servers.S3(t)
	data := []byte("the bytes of an image")
	other := bytes.ToUpper(data)
	ref, err := open(t, b).Put(background, storage.NewKey(), data)
	must(t, err)
	for name, test := range map[string]struct {
		fault handler
		kind  models.Kind
		text  string
	}{
		"cut once":            {fails(1, http.MethodGet, sends(data[:5], 21)), 0, ""},
		"cut":                 {fails(always, http.MethodGet, sends(data[:5], 21)), models.Unavailable, "in part"},
		"shorter":             {fails(always, http.MethodGet, sends(data[:5], 5)), models.Integrity, ""},
		"longer":              {fails(always, http.MethodGet, sends(append(data, data...), 42)), models.Integrity, ""},
		"endless":             {fails(always, http.MethodGet, endless), models.Integrity, ""},
		"other bytes once":    {fails(1, http.MethodGet, sends(other, 21)), 0, ""},
		"other bytes":         {fails(always, http.MethodGet, sends(other, 21)), models.Integrity, ""},
		"overloaded once":     {fails(1, http.MethodGet, says(503, "SlowDown")), 0, ""},
		"lost once":           {fails(1, http.MethodGet, hangsUp), 0, ""},
		"lost":                {fails(always, http.MethodGet, hangsUp), models.Unavailable, ""},
		"no such key":         {fails(always, http.MethodGet, says(404, "NoSuchKey")), models.NotFound, ""},
		"no such bucket":      {fails(always, http.MethodGet, says(404, "NoSuchBucket")), models.Unavailable, "no such bucket"},
		"a fault of the S3's": {fails(always, http.MethodGet, says(500, "InternalError")), models.Unavailable, "500 InternalError"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ready(t, b, test.fault)
			got, err := s.Get(background, ref)
			if test.kind != 0 {
				wantFault(t, err, test.kind, test.text)
				quiet(t, err, b, ref.Key)
				return
			}
			must(t, err)
			if !bytes.Equal(got, data) {
				t.Error("other bytes were served")
			}
		})
	}
}

// endless never stops, and does not say how long it is.
func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
	for r.Context().Err() == nil {
		if _, err := w.Write(make([]byte, 1<<16)); err != nil {
			return
		}
	}
}

func TestServerThatHangs(t *testing.T) {
	t.Parallel()
	server, b := servers.NewS3(t)
	s := open(t, b)
	ref, err := s.Put(background, storage.NewKey(), []byte("x"))
	must(t, err)
	server.Pause()
	ctx, cancel := context.WithTimeout(background, 100*time.Millisecond)
	defer cancel()
	_, put := s.Put(ctx, storage.NewKey(), []byte("y"))
	_, get := s.Get(ctx, ref)
	for _, err := range []error{
		put, get, s.Delete(ctx, ref.Key), s.Ping(ctx),
		s.List(ctx, func(string, int64) error { return nil }),
	} {
		wantKind(t, err, models.Deadline)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v is no deadline", err)
		}
	}
	server.Resume()
	_, err = s.Get(background, ref)
	must(t, err)
}

func TestServerThatDies(t *testing.T) {
	t.Parallel()
	server, b := servers.NewS3(t)
	must(t, server.Kill())
	s := open(t, b) // makes no request
	key, data := storage.NewKey(), []byte("x")
	_, err := s.Put(background, key, data)
	wantFault(t, err, models.Unavailable, "refused")
	wantFault(t, s.Ping(background), models.Unavailable, "refused")
	must(t, server.Start())
	ref, err := s.Put(background, key, data)
	must(t, err)
	must(t, server.Kill())
	for name, err := range map[string]error{
		"Get": second(s.Get(background, ref)), "Delete": s.Delete(background, key), "Ping": s.Ping(background),
		"List": s.List(background, func(string, int64) error { return nil }),
	} {
		if models.KindOf(err) != models.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, server.Start())
	must(t, s.Ping(background))
	_, err = s.Get(background, ref)
	must(t, err)
}

func second(_ []byte, err error) error { return err }

func wantFault(t testing.TB, err error, kind models.Kind, text string) {
	t.Helper()
	wantKind(t, err, kind)
	if !strings.Contains(err.Error(), text) {
		t.Errorf("%q does not say %q", err, text)
	}
}

// quiet checks that an error tells nothing of the image, the server's text or
// the credentials.
func quiet(t testing.TB, err error, b servers.Bucket, key string) {
	t.Helper()
	for _, part := range []string{key, b.AccessKey, b.SecretKey, "the secret text"} {
		if strings.Contains(err.Error(), part) {
			t.Errorf("%q tells too much", err)
		}
	}
}

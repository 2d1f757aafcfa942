package s3

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/storagetest/servers"
)

func TestProbeLeavesNothing(t *testing.T) {
	for name, b := range map[string]servers.Bucket{"plain": servers.S3(t), "versioned": versioned(t)} {
		s := open(t, b)
		if s.Report() != nil {
			t.Error("a report before the probe")
		}
		must(t, s.Ping(background))
		must(t, s.Ping(background))
		if left := s.objects(t); len(left) != 0 {
			t.Errorf("%s: the probe left %v", name, left)
		}
		found := s.Report()
		if found == nil || reports(found, "keeps versions") != (name == "versioned") {
			t.Errorf("%s: the report is %q", name, found)
		}
		if reports(found, "checksum") {
			t.Errorf("%s: this server checks checksums, the report is %q", name, found)
		}
	}
}

// TestProbeRefusesServerThatOverwrites plants the fault for which nothing may be
// stored: the header never arrives.
func TestProbeRefusesServerThatOverwrites(t *testing.T) {
	s := open(t, without(t, servers.S3(t), "If-None-Match"))
	wantFault(t, s.Ping(background), models.Invalid, "ignores it")
	_, err := s.Put(background, storage.NewKey(), []byte("x"))
	wantFault(t, err, models.Invalid, "ignores it")
	if left := s.objects(t); len(left) != 0 || s.Report() != nil {
		t.Errorf("left %v, report %q", left, s.Report())
	}
}

func TestProbeRefusesServerWithoutTheHeader(t *testing.T) {
	s := open(t, behind(t, servers.S3(t), fails(always, http.MethodPut, says(501, "NotImplemented"))))
	wantFault(t, s.Ping(background), models.Invalid, "does not know If-None-Match")
}

// TestServerWithoutChecksums: it is told, and images are compared here.
func TestServerWithoutChecksums(t *testing.T) {
	s := open(t, without(t, servers.S3(t), checksumHeader))
	must(t, s.Ping(background))
	if !reports(s.Report(), "does not check x-amz-checksum-sha256") {
		t.Errorf("the report is %q", s.Report())
	}
	ref, err := s.Put(background, storage.NewKey(), []byte("x"))
	must(t, err)
	_, err = s.Get(background, ref)
	must(t, err)
}

// TestSSECIsReported: one server stores in the clear, another refuses the key.
func TestSSECIsReported(t *testing.T) {
	b := servers.S3(t)
	for name, s := range map[string]*Store{
		"ignores": open(t, without(t, b, "X-Amz-Server-Side-Encryption-Customer-Algorithm",
			"X-Amz-Server-Side-Encryption-Customer-Key", "X-Amz-Server-Side-Encryption-Customer-Key-Md5")),
		"refuses": open(t, behind(t, b, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.Header.Get("X-Amz-Server-Side-Encryption-Customer-Key") != "" {
				says(400, "InvalidRequest")(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})),
	} {
		must(t, s.Ping(background))
		if reports(s.Report(), "SSE-C") != (name == "ignores") {
			t.Errorf("of a server that %s SSE-C the report is %q", name, s.Report())
		}
	}
}

// TestProbeComesFirst: nothing is stored by a Put before it, and it is made again
// until it has passed.
func TestProbeComesFirst(t *testing.T) {
	t.Parallel()
	s := open(t, behind(t, servers.S3(t), fails(attempts, http.MethodPut, says(503, "SlowDown"))))
	_, err := s.Put(background, storage.NewKey(), []byte("x"))
	wantFault(t, err, models.Unavailable, "overloaded")
	if s.Report() != nil {
		t.Error("a probe that failed has passed")
	}
	_, err = s.Put(background, storage.NewKey(), []byte("x"))
	must(t, err)
	if s.Report() == nil {
		t.Error("the probe was left out")
	}
}

func reports(found []string, text string) bool {
	return slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, text) })
}

package servers

import (
	"errors"
	"os"
	"sync"
	"testing"
)

var (
	sharedPostgres = sync.OnceValues(StartPostgres)
	sharedS3       = sync.OnceValues(StartS3)
)

// Postgres gives the URL of this process's PostgreSQL server. All tests share
// its database: each makes a schema of its own.
func Postgres(t testing.TB) string {
	t.Helper()
	p, err := sharedPostgres()
	check(t, err)
	return p.URL()
}

// S3 gives a new, empty bucket on this process's S3 server.
func S3(t testing.TB) Bucket {
	t.Helper()
	s, err := sharedS3()
	check(t, err)
	return newBucket(t, s)
}

// NewPostgres starts a PostgreSQL server that ends with the test.
func NewPostgres(t testing.TB) *PostgresServer {
	t.Helper()
	p, err := StartPostgres()
	check(t, err)
	t.Cleanup(func() { check(t, p.Close()) })
	return p
}

// NewS3 starts an S3 server that ends with the test, with one bucket.
func NewS3(t testing.TB) (*S3Server, Bucket) {
	t.Helper()
	s, err := StartS3()
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	return s, newBucket(t, s)
}

func newBucket(t testing.TB, s *S3Server) Bucket {
	t.Helper()
	b, err := s.NewBucket()
	check(t, err)
	return b
}

// check ends the test on an error. Where a server is not installed the test is
// skipped; not in CI, where nothing is to be left out unseen.
func check(t testing.TB, err error) {
	t.Helper()
	if none := (*missing)(nil); errors.As(err, &none) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

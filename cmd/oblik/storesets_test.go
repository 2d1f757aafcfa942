package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"oblik/storage"
	"oblik/storage/local"
	"oblik/storage/postgres"
	"oblik/storage/s3"
	"oblik/storage/storagetest/servers"
)

// storeSet is one of the two sets of stores a service runs on: what the
// program is told, and how a test looks into them.
type storeSet struct {
	name  string
	dir   string // the data directory
	flags []string
	env   []string
	// look opens the stores beside nobody (the embedded set) or beside the
	// service; the caller closes them.
	look func(testing.TB) *stores
}

// embeddedSet keeps all in one folder.
func embeddedSet(t testing.TB) storeSet {
	dir := t.TempDir()
	return storeSet{name: "SQLite and folder", dir: dir, look: func(t testing.TB) *stores {
		s, err := local.Open(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return &stores{records: s, images: s.Images(), close: s.Close}
	}}
}

// serverSet is PostgreSQL and S3; each test has a server and a bucket of its own.
func serverSet(t testing.TB) storeSet {
	return setOn(t, servers.NewPostgres(t).URL(), servers.S3(t))
}

// setOn is a set on given servers, or on what stands before them.
func setOn(t testing.TB, database string, bucket servers.Bucket) storeSet {
	t.Helper()
	if _, _, err := postgres.Migrate(context.Background(), postgres.Config{URL: database}); err != nil {
		t.Fatal(err)
	}
	credentials := credentialsFile(t, bucket.AccessKey, bucket.SecretKey) // sets are looked into at the same time: no environment
	return storeSet{
		name: "PostgreSQL and S3", dir: t.TempDir(),
		flags: []string{"--database-url", database, "--s3-endpoint", bucket.Endpoint, "--s3-bucket", bucket.Name},
		env:   []string{"AWS_ACCESS_KEY_ID=" + bucket.AccessKey, "AWS_SECRET_ACCESS_KEY=" + bucket.SecretKey},
		look: func(t testing.TB) *stores {
			t.Helper()
			rows, err := postgres.Open(context.Background(), postgres.Config{URL: database})
			if err != nil {
				t.Fatal(err)
			}
			images, err := s3.Open(context.Background(), s3.Config{Endpoint: bucket.Endpoint, Bucket: bucket.Name, CredentialsFile: credentials})
			if err != nil {
				t.Fatal(err)
			}
			return &stores{records: rows, images: images, close: func() error { rows.Close(); return images.Close() }}
		},
	}
}

func credentialsFile(t testing.TB, key, secret string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials")
	text := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", key, secret)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// start runs the service on the set, with what comes before the subcommand and
// after it.
func (s storeSet) start(t testing.TB, before []string, after ...string) *server {
	t.Helper()
	return startServerIn(t, s.dir, s.env, before, append(after, s.flags...)...)
}

// sweep looks at everything there is.
func (s storeSet) sweep(t testing.TB) storage.SweepReport {
	t.Helper()
	look := s.look(t)
	defer func() {
		if err := look.close(); err != nil {
			t.Error(err)
		}
	}()
	report, err := storage.Sweep(context.Background(), look.images, look.records, storage.SweepOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// events counts the lines of the audit trail by person and operation.
func (s storeSet) events(t testing.TB) map[[2]string]int {
	t.Helper()
	look := s.look(t)
	defer func() {
		if err := look.close(); err != nil {
			t.Error(err)
		}
	}()
	count := map[[2]string]int{}
	err := look.Events(context.Background(), 0, func(e storage.Event) error {
		count[[2]string{string(e.Person), e.Operation}]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return count
}

package s3

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/minio/minio-go/v7"

	"oblik/storage"
	"oblik/storage/storagetest"
	"oblik/storage/storagetest/servers"
)

func TestImages(t *testing.T) {
	storagetest.RunImages(t, func(t testing.TB) (storage.Images, storagetest.Damage) {
		s := open(t, servers.S3(t))
		return s, s.damage
	})
}

func TestImagesInAVersionedBucket(t *testing.T) {
	storagetest.RunImages(t, func(t testing.TB) (storage.Images, storagetest.Damage) {
		s := open(t, versioned(t))
		return s, s.damage
	})
}

// open opens a store over a bucket, with a prefix, by the bucket's credentials.
func open(t testing.TB, b servers.Bucket) *Store {
	t.Helper()
	s, err := Open(context.Background(), config(t, b))
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func config(t testing.TB, b servers.Bucket) Config {
	t.Helper()
	return Config{Endpoint: b.Endpoint, Bucket: b.Name, Prefix: "images", CredentialsFile: keys(t, b.AccessKey, b.SecretKey)}
}

// keys writes a credentials file.
func keys(t testing.TB, access, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "credentials")
	text := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", access, secret)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// versioned gives a bucket that keeps versions.
func versioned(t testing.TB) servers.Bucket {
	t.Helper()
	b := servers.S3(t)
	must(t, open(t, b).core.EnableVersioning(context.Background(), b.Name))
	return b
}

// damage is a [storagetest.Damage].
func (s *Store) damage(t testing.TB, key string, f func([]byte) []byte) {
	t.Helper()
	body, _, _, err := s.core.GetObject(context.Background(), s.bucket, s.name(key), minio.GetObjectOptions{})
	must(t, err)
	data, err := io.ReadAll(body)
	must(t, err)
	must(t, body.Close())
	s.overwrite(t, s.name(key), f(data))
}

// overwrite stores an object as no Put does, whatever is there.
func (s *Store) overwrite(t testing.TB, name string, data []byte) {
	t.Helper()
	_, err := s.core.PutObject(context.Background(), s.bucket, name, bytes.NewReader(data), int64(len(data)), "", "",
		minio.PutObjectOptions{DisableContentSha256: true})
	must(t, err)
}

// objects counts what is in the bucket, versions and delete markers one by one.
func (s *Store) objects(t testing.TB) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for o := range s.core.ListObjectsIter(context.Background(), s.bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
		must(t, o.Err)
		counts[o.Key]++
	}
	return counts
}

var must, wantKind = storagetest.Must, storagetest.WantKind

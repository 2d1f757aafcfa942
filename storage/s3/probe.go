package s3

import (
	"bytes"
	"context"
	"crypto/md5" // #nosec G501 -- SSE-C asks for a key's digest by MD5
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"oblik/models"
	"oblik/storage"
)

const (
	probeFolder = "probe/" // where the probe writes; no image's name begins so
	// probeTime is what a probe has, whoever else waits for it: a dozen requests
	// to a slow server take longer than one of ours may.
	probeTime = 20 * time.Second
	opProbe   = "storage/s3.probe"
)

// probed makes the probe unless it has passed. Several at a time do no harm:
// each has names of its own.
func (s *Store) probed(ctx context.Context) error {
	if s.findings.Load() != nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	own := context.WithoutCancel(ctx)
	done := s.probing.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(own, probeTime)
		defer cancel()
		findings, err := s.probe(ctx, s.prefix+probeFolder+storage.NewKey())
		if err == nil {
			s.findings.Store(&findings)
		}
		return nil, err
	})
	select {
	case result := <-done:
		return result.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// probe stores up to three objects of 26 bytes, whose names begin with name, and
// removes them. They are left only where the server fails meanwhile.
func (s *Store) probe(ctx context.Context, name string) (findings []string, err error) {
	one, two := contentOf([]byte(rand.Text())), contentOf([]byte(rand.Text()))
	if err := s.put(ctx, name, one); err != nil {
		if minio.ToErrorResponse(err).StatusCode == http.StatusNotImplemented {
			err = models.Errorf(opProbe, models.Invalid, "this S3 server does not know If-None-Match: an image could be overwritten")
		}
		return nil, err
	}
	defer func() {
		for _, part := range []string{"", "-sum", "-ssec"} {
			if err == nil || models.KindOf(err) == models.Invalid {
				err = errors.Join(err, s.remove(ctx, name+part))
			}
		}
	}()
	if err := s.refusesTwice(ctx, name, two); err != nil {
		return nil, err
	}
	findings = []string{}
	_, err = s.send(ctx, name+"-sum", one, map[string]string{checksumHeader: two.checksum()})
	if err == nil {
		findings = append(findings, "the S3 server does not check x-amz-checksum-sha256")
	} else if minio.ToErrorResponse(err).StatusCode != http.StatusBadRequest {
		return nil, err
	}
	if versioning, err := s.core.GetBucketVersioning(ctx, s.bucket); err == nil && versioning.Status != "" {
		findings = append(findings, "the bucket keeps versions; an image is deleted with all of them")
	}
	if s.ignoresSSEC(ctx, name+"-ssec", one) {
		findings = append(findings, "the S3 server accepts a key to encrypt with (SSE-C) and does not use it; nor does Oblik")
	}
	return findings, ctx.Err()
}

// refusesTwice checks that If-None-Match protects what is there.
func (s *Store) refusesTwice(ctx context.Context, name string, other content) error {
	err := s.put(ctx, name, other)
	if models.KindOf(err) == models.Conflict {
		return nil
	}
	if err == nil || models.KindOf(err) == models.Integrity {
		return models.Errorf(opProbe, models.Invalid,
			"this S3 server accepts If-None-Match and ignores it: an image could be overwritten")
	}
	return err
}

// ignoresSSEC stores with a key and reads without one, which must be refused.
// Whatever else comes of it is no finding: nothing relies on SSE-C.
func (s *Store) ignoresSSEC(ctx context.Context, name string, c content) bool {
	key := c.digest
	digest := md5.Sum(key[:]) // #nosec G401 -- what SSE-C asks for
	_, err := s.send(ctx, name, c, map[string]string{
		checksumHeader: c.checksum(),
		"X-Amz-Server-Side-Encryption-Customer-Algorithm": "AES256",
		"X-Amz-Server-Side-Encryption-Customer-Key":       base64.StdEncoding.EncodeToString(key[:]),
		"X-Amz-Server-Side-Encryption-Customer-Key-Md5":   base64.StdEncoding.EncodeToString(digest[:]),
	})
	if err != nil {
		return false
	}
	there, err := s.read(ctx, name, int64(len(c.data)))
	return err == nil && bytes.Equal(there, c.data) || errors.Is(err, errOther)
}

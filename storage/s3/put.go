package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"sync"

	"github.com/minio/minio-go/v7"

	"oblik/models"
	"oblik/storage"
)

const (
	checksumHeader = "x-amz-checksum-sha256"
	contentType    = "application/octet-stream" // what an image is, its row says
)

// Put implements [storage.Images].
func (s *Store) Put(ctx context.Context, key string, data []byte) (models.ImageRef, error) {
	const op = "storage/s3.Put"
	c := contentOf(data)
	err := storage.CheckKey(op, key)
	if err == nil {
		err = s.probed(ctx)
	}
	if err == nil {
		err = s.put(ctx, s.name(key), c)
	}
	if err != nil {
		return models.ImageRef{}, translate(ctx, op, err)
	}
	return models.ImageRef{Key: key, Length: int64(len(data)), SHA256: c.digest}, nil
}

// content is what is stored, with its digest: it is made once for all tries.
type content struct {
	data   []byte
	digest [sha256.Size]byte
}

func contentOf(data []byte) content { return content{data, sha256.Sum256(data)} }

// checksum is the digest as S3 writes it.
func (c content) checksum() string { return base64.StdEncoding.EncodeToString(c.digest[:]) }

// errAbsent is what S3 calls a conflict with a request that is gone when it is
// looked at. It asks for another try then. So it is where versitygw finds no
// folder because another request has just removed the last object in it.
var errAbsent = errors.New("the S3 server says that an image is there, and it is not")

func (s *Store) put(ctx context.Context, name string, c content) error {
	err := s.putOnce(ctx, name, c)
	for n := 1; n < attempts && errors.Is(err, errAbsent); n++ {
		err = s.putOnce(ctx, name, c)
	}
	return err
}

// putOnce stores an object that is not there yet. What is there already may be of
// an earlier attempt, also of this very call's, whose answer was lost: then it
// is the same, and that is success.
func (s *Store) putOnce(ctx context.Context, name string, c content) error {
	const op = "storage/s3.put"
	sum := c.checksum()
	answer, err := s.send(ctx, name, c, map[string]string{checksumHeader: sum})
	if err == nil && answer.ChecksumSHA256 == sum {
		return nil
	}
	taken := isTaken(err)
	if err != nil && !taken {
		return err
	}
	there, err := s.read(ctx, name, int64(len(c.data)))
	switch {
	case err == nil && bytes.Equal(there, c.data):
		return nil
	case isGone(err):
		return errAbsent
	case err != nil && !errors.Is(err, errOther):
		return err
	case taken:
		return models.Errorf(op, models.Conflict, "the key is taken")
	}
	return models.Errorf(op, models.Integrity, "the S3 server confirmed an image and holds other bytes")
}

// send makes the request. Its signature covers the data's digest too, so that
// it is compared twice where a server does both.
func (s *Store) send(ctx context.Context, name string, c content, headers map[string]string) (minio.UploadInfo, error) {
	o := minio.PutObjectOptions{ContentType: contentType, UserMetadata: headers, DisableContentSha256: true}
	o.SetMatchETagExcept("*")
	return s.core.PutObject(ctx, s.bucket, name, &body{r: bytes.NewReader(c.data)}, int64(len(c.data)), "", hex.EncodeToString(c.digest[:]), o)
}

// body is what each try of minio's sends, from its begin. A server that answers
// before it has read all leaves the last try reading while the next begins: the
// lock keeps the two apart. What the next then lacks fails its digest.
type body struct {
	mu sync.Mutex
	r  *bytes.Reader
}

func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.r.Read(p)
}

func (b *body) Seek(offset int64, whence int) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.r.Seek(offset, whence)
}

// isTaken reports the answers to If-None-Match where an object is, or is being
// written.
func isTaken(err error) bool {
	answer := minio.ToErrorResponse(err)
	return answer.StatusCode == http.StatusPreconditionFailed || answer.StatusCode == http.StatusConflict
}

package s3

import (
	"context"

	"github.com/minio/minio-go/v7"

	"oblik/models"
	"oblik/storage"
)

// List implements [storage.Images], a page of 1,000 at a time. Of an image that
// was deleted without its versions nothing is listed.
func (s *Store) List(ctx context.Context, f func(key string, length int64) error) error {
	const op = "storage/s3.List"
	last := ""
	for o := range s.core.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, Recursive: true}) {
		if o.Err != nil {
			return translate(ctx, op, o.Err)
		}
		key := s.key(o.Key)
		if key == "" {
			continue
		}
		if key <= last {
			return models.Errorf(op, models.Unavailable, "the S3 server lists objects out of order")
		}
		if err := f(key, o.Size); err != nil {
			return err
		}
		last = key
	}
	return translate(ctx, op, ctx.Err())
}

// key is that of an object's name; empty if the object is no image of ours.
func (s *Store) key(name string) string {
	rest := name[min(len(s.prefix), len(name)):]
	if len(rest) < 3 || storage.CheckKey("", rest[3:]) != nil || s.name(rest[3:]) != name {
		return ""
	}
	return rest[3:]
}

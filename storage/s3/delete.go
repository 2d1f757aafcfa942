package s3

import (
	"context"

	"github.com/minio/minio-go/v7"

	"oblik/models"
	"oblik/storage"
)

// rounds is how often a deletion looks again. A key is random and written once,
// so there is something left only if a late attempt to store it came between.
const rounds = 3

// Delete implements [storage.Images]: every version and delete marker of the
// object, in a bucket that keeps versions, until a list shows none. That is
// three requests for an image of one version.
func (s *Store) Delete(ctx context.Context, key string) error {
	const op = "storage/s3.Delete"
	if err := storage.CheckKey(op, key); err != nil {
		return err
	}
	return translate(ctx, op, s.remove(ctx, s.name(key)))
}

func (s *Store) remove(ctx context.Context, name string) error {
	for range rounds {
		versions, err := s.versions(ctx, name)
		if err != nil || len(versions) == 0 {
			return err
		}
		for _, version := range versions {
			err := s.core.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{VersionID: version})
			if err != nil && !isGone(err) {
				return err
			}
		}
	}
	return models.Errorf("storage/s3.remove", models.Unavailable, "an image is still there after it was deleted")
}

// versions lists those of exactly this object; a prefix may be others' too.
func (s *Store) versions(ctx context.Context, name string) (ids []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err // the list would be empty
	}
	all := minio.ListObjectsOptions{Prefix: name, Recursive: true, WithVersions: true}
	for o := range s.core.ListObjectsIter(ctx, s.bucket, all) {
		if o.Err != nil {
			return nil, o.Err
		}
		if o.Key == name {
			ids = append(ids, o.VersionID)
		}
	}
	return ids, ctx.Err()
}

func isGone(err error) bool {
	code := minio.ToErrorResponse(err).Code
	return code == minio.NoSuchKey || code == minio.NoSuchVersion
}

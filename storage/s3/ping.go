package s3

import (
	"context"

	"github.com/minio/minio-go/v7"
)

// Ping is nil if the bucket can be used at this moment. It is one cheap request,
// and the first time the probe of what the server can do, of a dozen.
// [models.Invalid] says that images must not be kept on this server; everything
// else may pass.
func (s *Store) Ping(ctx context.Context) error {
	const op = "storage/s3.Ping"
	if s.findings.Load() == nil {
		return translate(ctx, op, s.probed(ctx))
	}
	one := minio.ListObjectsOptions{Prefix: s.prefix + probeFolder, Recursive: true, MaxKeys: 1}
	for o := range s.core.ListObjectsIter(ctx, s.bucket, one) {
		return translate(ctx, op, o.Err)
	}
	return translate(ctx, op, ctx.Err())
}

// Report is what the probe found that an operator should know, a sentence each;
// nil before it has passed.
func (s *Store) Report() []string {
	if found := s.findings.Load(); found != nil {
		return *found
	}
	return nil
}

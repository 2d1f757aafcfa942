package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"

	"oblik/models"
	"oblik/storage"
)

var (
	errOther = errors.New("the bytes are not those that were stored")
	errCut   = errors.New("the image came in part")
)

// Get implements [storage.Images]. An image that came in part or as other bytes
// is asked for once more: that may be the network's fault.
func (s *Store) Get(ctx context.Context, ref models.ImageRef) ([]byte, error) {
	const op = "storage/s3.Get"
	if err := storage.CheckKey(op, ref.Key); err != nil {
		return nil, err
	}
	data, err := s.get(ctx, ref)
	if errors.Is(err, errOther) || errors.Is(err, errCut) {
		data, err = s.get(ctx, ref)
	}
	switch {
	case errors.Is(err, errOther):
		return nil, &models.Error{Op: op, Kind: models.Integrity, Err: err}
	case minio.ToErrorResponse(err).Code == minio.NoSuchKey:
		return nil, models.Errorf(op, models.NotFound, "no such image")
	case err != nil:
		return nil, translate(ctx, op, err)
	}
	return data, nil
}

func (s *Store) get(ctx context.Context, ref models.ImageRef) ([]byte, error) {
	data, err := s.read(ctx, s.name(ref.Key), ref.Length)
	if err == nil && sha256.Sum256(data) != ref.SHA256 {
		return nil, errOther
	}
	return data, err
}

// read gives an object of the given length; errOther if it has another one,
// which is told by its first bytes: no more than length and one is read.
func (s *Store) read(ctx context.Context, name string, length int64) ([]byte, error) {
	body, info, _, err := s.core.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }() // nothing more is wanted of it
	if info.Size >= 0 && info.Size != length {
		return nil, errOther
	}
	var data bytes.Buffer
	if info.Size > 0 {
		data.Grow(int(length) + bytes.MinRead)
	}
	if _, err := data.ReadFrom(io.LimitReader(body, length+1)); err != nil {
		return nil, fmt.Errorf("%w: %w", errCut, err)
	}
	if int64(data.Len()) != length {
		return nil, errOther
	}
	return data.Bytes(), nil
}

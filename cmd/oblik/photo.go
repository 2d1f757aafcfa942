package main

import (
	"io"
	"os"

	"oblik/models"
)

// photo reads a photograph of at most limit bytes from a file.
func photo(path string, limit int) (models.Sample, error) {
	f, err := os.Open(path) //nolint:gosec // the user names it
	if err != nil {
		return models.Sample{}, models.Errorf("photo", models.Invalid, "%w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	if info, err := f.Stat(); err == nil && info.Size() > int64(limit) {
		return models.Sample{}, models.Errorf("photo", models.LargeImage, "%s has %d bytes, at most %d are accepted", path, info.Size(), limit)
	}
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1)) // one more, so that the header check can tell
	if err != nil {
		return models.Sample{}, models.Errorf("photo", models.Invalid, "%w", err)
	}
	return models.Sample{Modality: models.Face, Image: data}, nil
}

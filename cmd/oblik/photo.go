package main

import (
	"io"
	"os"

	"oblik/models"
)

// photo reads a photograph from a file, at most limit bytes and one more, so
// that the header check can say it is too long.
func photo(path string, limit int) (models.Sample, error) {
	f, err := os.Open(path) //nolint:gosec // the user names it
	if err != nil {
		return models.Sample{}, models.Errorf("photo", models.Invalid, "%w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return models.Sample{}, models.Errorf("photo", models.Invalid, "%w", err)
	}
	return models.Sample{Modality: models.Face, Image: data}, nil
}

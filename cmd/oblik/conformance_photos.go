package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"path/filepath"

	"oblik/api/conformance"
	"oblik/models"
)

// maxCheckPhoto bounds a photograph, in bytes: as --max-image does by default.
const maxCheckPhoto = 6 << 20

// read reads the photographs.
func (c conformancePhotos) read() (photos conformance.Photos, err error) {
	for _, p := range []struct {
		path, byDefault string
		to              *[]byte
	}{
		{c.Mated1, "obama.jpg", &photos.Mated1}, {c.Mated2, "obama2.jpg", &photos.Mated2},
		{c.Other, "biden.jpg", &photos.Other}, {c.Faceless, "", &photos.Faceless},
	} {
		if p.path == "" && p.byDefault == "" {
			if *p.to, err = greyPicture(); err != nil {
				return photos, err
			}
			continue
		}
		if p.path == "" {
			p.path = filepath.Join(c.Photos, p.byDefault)
		}
		sample, err := photo(p.path, maxCheckPhoto)
		if err != nil {
			return photos, err
		}
		*p.to = sample.Image
	}
	return photos, nil
}

// greyPicture is a JPEG of 640 x 480 pixels, from dark to light, of nobody.
func greyPicture() ([]byte, error) {
	picture := image.NewGray(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			picture.SetGray(x, y, color.Gray{Y: uint8(x * 255 / 639)})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		return nil, models.Errorf("conformance", models.Internal, "%w", err)
	}
	return b.Bytes(), nil
}

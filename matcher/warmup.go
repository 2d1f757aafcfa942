package matcher

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/jpeg"
	"image/png"

	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/models"
)

// Pictures without a face, in the formats that Go can't write: a lossy and a
// lossless WebP of 64x48 as libwebp 1.6 makes them, a JP2 of 32x32 by OpenJPEG
// 2.5.
const (
	lossyWebP = "UklGRooAAABXRUJQVlA4IH4AAAAwBACdASpAADAAPzmIu1U/qKY/rUgD8CcJZAC82BPLOHnhEDv/Mu//+5AA/vH2v/nJTt/UXTTX" +
		"KU+LVWTElqBrWfoVaX7P9JC2iAQmijDV3c6D9SjmZ0O3vL0ckmz9xfRiZekuPtfvjImfxqpElV97E4nE6JbTruxHXpaIAAA="
	losslessWebP = "UklGRjwAAABXRUJQVlA4TDAAAAAvP8ALAM1lRP9jIRZM5s/dFUEhBrz/EyD9gZq2DZhO/sD7VwSStnjbHzEBAF8v9x0="
	smallJP2     = "AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAIAAAACAAAwcHAAAAAAAPY29scgEAAAAAABAAAACr" +
		"anAyY/9P/1EALwAAAAAAIAAAACAAAAAAAAAAAAAAACAAAAAgAAAAAAAAAAAAAwcBAQcBAQcBAf9SAAwAAAABAAEEBAAA/1wAC0JIJFfTV9NX" +
		"Yv9kACUAAUNyZWF0ZWQgYnkgT3BlbkpQRUcgdmVyc2lvbiAyLjUuNP+QAAoAAAAAACwAAf+TzLARUEJD58KNrxfo8sywEVBUk0/f9ee0iGeA" +
		"gICA/9k="
)

// WarmUp decodes a small picture of each format and runs each network once, so
// that whatever native libraries set up at their first use (threads, compiled
// code, files they look for) is there before the first photograph, and before a
// sandbox. It takes about the time of two extractions.
func (p *Pipeline) WarmUp() error {
	pictures, err := warmUpPictures()
	if err != nil {
		return models.Errorf("warm up", models.Internal, "%w", err)
	}
	for _, data := range pictures {
		if err := p.warmUpDecoder(data); err != nil {
			return err
		}
	}
	side := 2 * p.params.LongSide // so that it is scaled
	grey := &Image{Width: side, Height: side, Shrink: 1, BGR: bytes.Repeat([]byte{128}, 3*side*side)}
	for turns := range 2 {
		if _, err := p.stages.Detect(grey, turns); err != nil {
			return err
		}
	}
	crop, err := p.stages.Align(grey, face.Affine{1, 0, 0, 0, 1, 0})
	if err != nil {
		return err
	}
	_, err = p.stages.Embed(crop)
	return err
}

// warmUpDecoder decodes at each size the format has.
func (p *Pipeline) warmUpDecoder(data []byte) error {
	info, err := header.Check(data, p.params.Limits)
	if err != nil {
		return err
	}
	shrinks := []int{1}
	if info.Format == header.JPEG {
		shrinks = []int{1, 2, 4, 8}
	}
	for _, shrink := range shrinks {
		im, err := p.stages.Decode(data, info, shrink)
		if err != nil {
			return err
		}
		im.Close()
	}
	return nil
}

// warmUpPictures are a grey and a coloured JPEG, a PNG, two WebPs and a JP2.
func warmUpPictures() ([][]byte, error) {
	var list [][]byte
	bounds := image.Rect(0, 0, 64, 48)
	for _, im := range []image.Image{image.NewGray(bounds), image.NewRGBA(bounds)} {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, im, nil); err != nil {
			return nil, err
		}
		list = append(list, b.Bytes())
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(bounds)); err != nil {
		return nil, err
	}
	list = append(list, b.Bytes())
	for _, text := range []string{lossyWebP, losslessWebP, smallJP2} {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		list = append(list, data)
	}
	return list, nil
}

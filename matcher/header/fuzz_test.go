package header_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"oblik/matcher/header"
	mt "oblik/matcher/matchertest"
	"oblik/models"
)

// FuzzCheck: no panic; a refusal is of an image kind and says nothing else;
// an acceptance keeps the limits and agrees with Go's own decoders, if these
// read the header at all.
func FuzzCheck(f *testing.F) {
	const largest = 64 << 10 // of a seed: larger ones only slow the fuzzer
	for _, h := range mt.Hostile() {
		if len(h.Data) <= largest {
			f.Add(h.Data)
		}
	}
	for _, a := range accepted() {
		if len(a.data) <= largest {
			f.Add(a.data)
		}
	}
	l := header.DefaultLimits()
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := header.Check(data, l)
		if err != nil {
			var e *models.Error
			if !errors.As(err, &e) || e.Kind < models.EmptyImage || e.Kind > models.EncodingImage || info != (header.Info{}) {
				t.Fatalf("%+v, %v", info, err)
			}
			return
		}
		if min(info.Width, info.Height) < l.MinSide || max(info.Width, info.Height) > l.MaxSide ||
			int64(info.Width)*int64(info.Height) > l.MaxPixels {
			t.Errorf("beyond the limits: %+v", info)
		}
		if info.Components != 1 && info.Components != 3 || info.BitDepth < 1 || info.BitDepth > 8 ||
			info.Orientation < 1 || info.Orientation > 8 {
			t.Errorf("impossible: %+v", info)
		}
		if c, ok := goConfig(info.Format, data); ok && (c.Width != info.Width || c.Height != info.Height) {
			t.Errorf("%+v, but Go reads %dx%d", info, c.Width, c.Height)
		}
	})
}

// goConfig is what the standard library reads of a header.
func goConfig(f header.Format, data []byte) (image.Config, bool) {
	var c image.Config
	err := errors.ErrUnsupported
	switch f {
	case header.JPEG:
		c, err = jpeg.DecodeConfig(bytes.NewReader(data))
	case header.PNG:
		c, err = png.DecodeConfig(bytes.NewReader(data))
	}
	return c, err == nil
}

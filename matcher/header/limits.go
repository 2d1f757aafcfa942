package header

import "oblik/models"

// Limits bound what is accepted. Every field counts: a zero one refuses all.
type Limits struct {
	MaxBytes         int   // length of the file
	MinSide, MaxSide int   // pixels
	MaxPixels        int64 // width x height
	// MaxPixelsPerByte is the most pixels that one byte of the file may stand
	// for, since a header of a few hundred bytes can claim any number of them.
	MaxPixelsPerByte int64
	MaxScans         int // of a JPEG
	MaxTiles         int // of a JPEG 2000
}

// DefaultLimits are 6 MB (6 x 1,048,576 bytes), sides of 16 to 8,192 pixels
// and 25 megapixels, 5000x5000.
//
// 2,000 pixels a byte is six times what a portrait reached at the worst quality
// that OpenCV 5.0 can write (335, JPEG 2000 at a thousandth; JPEG 147, WebP
// 174). Of all-black pictures of 4000x4000 it accepts JPEG (255), PNG (1,023)
// and lossy WebP (561); it refuses lossless WebP (23,599), JPEG 2000 (58,608)
// and bilevel PNG (7,913), none of which can hold a face.
//
// Forty scans of a progressive JPEG of 25 megapixels take OpenCV 4.6 0.55 s of
// CPU time, a hundred 1.1 s; libjpeg's script has 10 and mozjpeg's about 20.
// 1,024 tiles are 156x156 pixels each at 25 megapixels.
func DefaultLimits() Limits {
	return Limits{
		MaxBytes: 6 << 20,
		MinSide:  16, MaxSide: 8192,
		MaxPixels:        25_000_000,
		MaxPixelsPerByte: 2000,
		MaxScans:         40,
		MaxTiles:         1024,
	}
}

// MaxPadding is how many bytes of 0x00 or 0xFF may follow an image's end:
// cameras fill up to a block of their card.
const MaxPadding = 64 << 10

// size checks what a header claims of a file of n bytes.
func (l Limits) size(f Format, width, height int64, n int) error {
	switch {
	case width == 0 || height == 0:
		return damaged(f, "whose header claims %dx%d pixels", width, height)
	// no overflow: the product is only made of sides up to MaxSide
	case width > int64(l.MaxSide) || height > int64(l.MaxSide) || width*height > l.MaxPixels:
		return models.Errorf(op, models.LargeImage,
			"a %s whose header claims %dx%d pixels; at most %d a side and %g megapixels are accepted",
			f, width, height, l.MaxSide, float64(l.MaxPixels)/1e6)
	case width < int64(l.MinSide) || height < int64(l.MinSide):
		return models.Errorf(op, models.SmallImage,
			"a %s of %dx%d pixels; a side of at least %d is needed", f, width, height, l.MinSide)
	case width*height > l.MaxPixelsPerByte*int64(n):
		return models.Errorf(op, models.LargeImage,
			"a %s of %d bytes whose header claims %dx%d pixels; no photograph is that small a file", f, n, width, height)
	}
	return nil
}

// tail checks what follows the end of an image.
func tail(f Format, rest []byte) error {
	for _, b := range rest[:min(len(rest), MaxPadding)] {
		if b != 0x00 && b != 0xFF {
			return damaged(f, "followed by %d bytes that do not belong to it; save it again as a plain %s", len(rest), f)
		}
	}
	if len(rest) > MaxPadding {
		return damaged(f, "followed by %d bytes of padding; at most %d are accepted", len(rest), MaxPadding)
	}
	return nil
}

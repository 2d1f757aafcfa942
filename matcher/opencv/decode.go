package opencv

/*
#include "decode.h"
*/
import "C"

import (
	"unsafe"

	"gocv.io/x/gocv"

	"oblik/matcher"
	"oblik/matcher/header"
	"oblik/models"
)

// decoder decodes into memory of its own, one image at a time.
type decoder struct {
	native *C.oblik_decoder
	images int // decoded so far: only the last one's Free may clear
}

func newDecoder() (*decoder, error) {
	native := C.oblik_decoder_new()
	if native == nil {
		return nil, models.Errorf("opencv", models.Internal, "no memory for a decoder")
	}
	return &decoder{native: native}, nil
}

// Decode implements [matcher.Decoder]. OpenCV's own reading of EXIF is turned
// off: it looks into the first APP1 segment of a JPEG alone, which may be XMP's,
// and into no WebP.
func (d *decoder) Decode(data []byte, info header.Info, shrink int) (*matcher.Image, error) {
	if len(data) == 0 { // imdecode throws on an empty buffer
		return nil, models.Errorf("decode", models.EmptyImage, "the image has no bytes")
	}
	switch {
	case shrink != 1 && shrink != 2 && shrink != 4 && shrink != 8, shrink != 1 && info.Format != header.JPEG:
		return nil, models.Errorf("decode", models.Internal, "no %s is decoded at 1/%d of its size", info.Format, shrink)
	case info.Orientation < 1 || info.Orientation > 8:
		return nil, models.Errorf("decode", models.Internal, "orientation %d", info.Orientation)
	}
	d.images++
	switch C.oblik_decode(d.native, unsafe.Pointer(&data[0]), C.size_t(len(data)), C.int(shrink), C.int(info.Orientation)) {
	case C.OBLIK_DECODED:
	case C.OBLIK_NO_MEMORY:
		return nil, models.Errorf("decode", models.LargeImage, "the image takes more memory to decode than there is")
	default:
		return nil, models.Errorf("decode", models.DamagedImage, "the image can't be decoded")
	}
	var width, height C.int
	pixels := C.oblik_decoder_pixels(d.native, &width, &height)
	this := d.images
	return &matcher.Image{
		Width: int(width), Height: int(height), Shrink: shrink,
		BGR: unsafe.Slice((*byte)(pixels), 3*int(width)*int(height)),
		Free: func() {
			if d.native != nil && d.images == this {
				C.oblik_decoder_clear(d.native)
			}
		},
	}, nil
}

func (d *decoder) close() {
	C.oblik_decoder_free(d.native)
	d.native = nil
}

// view makes a Mat over an image's pixels without a copy; the image must
// outlive it.
func view(width, height int, bgr []byte) (gocv.Mat, error) {
	if width < 1 || height < 1 || len(bgr) != 3*width*height {
		return gocv.Mat{}, models.Errorf("opencv", models.Internal, "%d bytes for %dx%d pixels", len(bgr), width, height)
	}
	mat, err := gocv.NewMatFromBytes(height, width, gocv.MatTypeCV8UC3, bgr)
	if err != nil {
		return gocv.Mat{}, models.Errorf("opencv", models.Internal, "%w", err)
	}
	return mat, nil
}

func closeMat(m *gocv.Mat) { _ = m.Close() }

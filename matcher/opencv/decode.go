package opencv

import (
	"gocv.io/x/gocv"

	"oblik/matcher"
	"oblik/models"
)

type decoder struct{}

// Decode implements [matcher.Decoder]. The caller has checked the headers.
func (decoder) Decode(data []byte) (*matcher.Image, error) {
	if len(data) == 0 { // imdecode throws on an empty buffer
		return nil, models.Errorf("decode", models.EmptyImage, "the image has no bytes")
	}
	mat, err := gocv.IMDecode(data, gocv.IMReadColor) // applies the EXIF orientation
	if err != nil {
		return nil, models.Errorf("decode", models.DamagedImage, "%w", err)
	}
	if mat.Empty() || mat.Type() != gocv.MatTypeCV8UC3 || !mat.IsContinuous() {
		_ = mat.Close()
		return nil, models.Errorf("decode", models.DamagedImage, "the image can't be decoded")
	}
	pixels, err := mat.DataPtrUint8()
	if err != nil || len(pixels) != 3*mat.Rows()*mat.Cols() {
		_ = mat.Close()
		return nil, models.Errorf("decode", models.DamagedImage, "the image can't be decoded")
	}
	return &matcher.Image{
		Width: mat.Cols(), Height: mat.Rows(), BGR: pixels,
		Free: func() { _ = mat.Close() },
	}, nil
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

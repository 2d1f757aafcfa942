package opencv

import (
	"gocv.io/x/gocv"

	"oblik/matcher"
	"oblik/matcher/header"
	"oblik/models"
)

type decoder struct{}

// Decode implements [matcher.Decoder].
func (decoder) Decode(data []byte, info header.Info, _ int) (*matcher.Image, error) {
	if len(data) == 0 { // imdecode throws on an empty buffer
		return nil, models.Errorf("decode", models.EmptyImage, "the image has no bytes")
	}
	mat, err := gocv.IMDecode(data, gocv.IMReadColor) // applies the EXIF orientation of JPEG and PNG
	if err != nil {
		return nil, models.Errorf("decode", models.DamagedImage, "%w", err)
	}
	if mat.Empty() || mat.Type() != gocv.MatTypeCV8UC3 || !mat.IsContinuous() {
		_ = mat.Close()
		return nil, models.Errorf("decode", models.DamagedImage, "the image can't be decoded")
	}
	if info.Format == header.WebP {
		mat = oriented(mat, info.Orientation)
	}
	pixels, err := mat.DataPtrUint8()
	if err != nil || len(pixels) != 3*mat.Rows()*mat.Cols() {
		_ = mat.Close()
		return nil, models.Errorf("decode", models.DamagedImage, "the image can't be decoded")
	}
	return &matcher.Image{
		Width: mat.Cols(), Height: mat.Rows(), Shrink: 1, BGR: pixels,
		Free: func() { _ = mat.Close() },
	}, nil
}

// oriented turns an image as its EXIF orientation says, 1..8, which OpenCV 4.6
// does not do for WebP. It takes the Mat and gives one back.
func oriented(mat gocv.Mat, orientation int) gocv.Mat {
	turn := map[int]gocv.RotateFlag{3: gocv.Rotate180Clockwise, 4: gocv.Rotate180Clockwise, 5: gocv.Rotate90Clockwise,
		6: gocv.Rotate90Clockwise, 7: gocv.Rotate90CounterClockwise, 8: gocv.Rotate90CounterClockwise}
	if code, ok := turn[orientation]; ok {
		mat = replaced(mat, func(dst *gocv.Mat) { gocv.Rotate(mat, dst, code) })
	}
	switch orientation {
	case 2, 4, 5, 7: // mirrored, left to right once it is upright
		mat = replaced(mat, func(dst *gocv.Mat) { gocv.Flip(mat, dst, 1) })
	}
	return mat
}

// replaced closes mat and gives what change made of it.
func replaced(mat gocv.Mat, change func(dst *gocv.Mat)) gocv.Mat {
	dst := gocv.NewMat()
	change(&dst)
	closeMat(&mat)
	return dst
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

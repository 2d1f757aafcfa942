package opencv

import (
	"image"

	"gocv.io/x/gocv"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/models"
)

type aligner struct{}

// Align implements [matcher.Aligner]: bilinear, black beyond the image, as the
// recogniser was trained.
func (aligner) Align(im *matcher.Image, m face.Affine) ([]byte, error) {
	src, err := view(im.Width, im.Height, im.BGR)
	if err != nil {
		return nil, err
	}
	defer closeMat(&src)
	matrix := gocv.NewMatWithSize(2, 3, gocv.MatTypeCV64F)
	defer closeMat(&matrix)
	for i, v := range m {
		matrix.SetDoubleAt(i/3, i%3, v)
	}
	crop := gocv.NewMat()
	defer closeMat(&crop)
	gocv.WarpAffine(src, &crop, matrix, image.Pt(face.CropSide, face.CropSide))
	if crop.Rows() != face.CropSide || crop.Cols() != face.CropSide || crop.Type() != gocv.MatTypeCV8UC3 {
		return nil, models.Errorf("align", models.Internal, "the crop has another shape")
	}
	return crop.ToBytes(), nil
}

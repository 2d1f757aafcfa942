package opencv

import (
	"image"

	"gocv.io/x/gocv"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/models"
)

// detector is YuNet on a square letterbox.
type detector struct {
	net    matcher.Network
	params matcher.Params
	square gocv.Mat       // reused from image to image
	seen   *matcher.Image // the one that is in the square
	turned gocv.Mat
}

func newDetector(n matcher.Network, p matcher.Params) *detector {
	black := gocv.NewScalar(0, 0, 0, 0)
	square := gocv.NewMatWithSizeFromScalar(black, p.LongSide, p.LongSide, gocv.MatTypeCV8UC3)
	return &detector{net: n, params: p, square: square, turned: gocv.NewMat()}
}

func (d *detector) close() {
	closeMat(&d.square)
	closeMat(&d.turned)
}

var quarters = [4]gocv.RotateFlag{1: gocv.Rotate90Clockwise, 2: gocv.Rotate180Clockwise, 3: gocv.Rotate90CounterClockwise}

// Detect implements [matcher.Detector]. The letterbox is a square, so that it
// is what is turned.
func (d *detector) Detect(im *matcher.Image, turns int) ([]models.FaceBox, error) {
	if turns < 0 || turns >= len(quarters) {
		return nil, models.Errorf("detect", models.Internal, "%d quarter turns", turns)
	}
	box := face.Fit(im.Width, im.Height, d.params.LongSide)
	if d.seen != im { // turned looks follow a plain one: scaling a large photograph costs more than the network
		if err := d.letterbox(im, box); err != nil {
			return nil, err
		}
		d.seen = im
	}
	input := d.square
	if turns > 0 {
		gocv.Rotate(d.square, &d.turned, quarters[turns])
		input = d.turned
	}
	levels, err := d.look(input)
	if err != nil {
		return nil, err
	}
	return face.Decode(levels, box, d.params.MinConfidence, d.params.MaxOverlap)
}

// letterbox scales the image into the corner of the black square. Shrinking
// averages areas: plain bilinear sampling of a large photograph would skip
// most of its pixels.
func (d *detector) letterbox(im *matcher.Image, box face.Letterbox) error {
	src, err := view(im.Width, im.Height, im.BGR)
	if err != nil {
		return err
	}
	defer closeMat(&src)
	d.square.SetTo(gocv.NewScalar(0, 0, 0, 0))
	corner := d.square.Region(image.Rect(0, 0, box.Width, box.Height))
	defer closeMat(&corner)
	how := gocv.InterpolationLinear
	if box.Scale < 1 {
		how = gocv.InterpolationArea
	}
	gocv.Resize(src, &corner, image.Pt(box.Width, box.Height), 0, 0, how)
	return nil
}

// look runs the net on a square picture.
func (d *detector) look(square gocv.Mat) (levels [3]face.Level, err error) {
	pixels, err := square.DataPtrUint8()
	if err != nil {
		return levels, models.Errorf("detect", models.Internal, "%w", err)
	}
	outs, err := d.net.Run(pixels)
	if err != nil {
		return levels, err
	}
	if len(outs) != 4*len(levels) {
		return levels, models.Errorf("detect", models.Internal, "the detector has %d outputs", len(outs))
	}
	for i := range levels {
		o := outs[4*i:]
		levels[i] = face.Level{Class: o[0], Object: o[1], Box: o[2], Points: o[3]}
	}
	return levels, nil
}

package face

import "oblik/models"

// Frame says where an image that was decoded at a part of its size lies on the
// photograph. Coordinates count from the centre of the first pixel in both.
type Frame struct {
	Shrink float64 // sides of a pixel here, in pixels of the photograph
	// X and Y are the outer corner of the first pixel here, in pixels of the
	// photograph from its own: 0, or a little outside it, see [FrameOf].
	X, Y float64
}

// Shrunk is the length of a side decoded at a part of its size: codecs round
// up, so that the last pixel may reach beyond the photograph.
func Shrunk(side, shrink int) int { return (side + shrink - 1) / shrink }

// FrameOf is the frame of a photograph of width x height pixels, as stored,
// that was decoded at a part of its size and then turned by its EXIF
// orientation, 1..8. What reaches beyond the stored photograph's right and
// lower edge may be on the left or above afterwards.
func FrameOf(width, height, orientation, shrink int) Frame {
	f := Frame{Shrink: float64(shrink)}
	width, height = Upright(width, height, orientation)
	switch orientation {
	case 2, 3, 6, 7:
		f.X = float64(width - Shrunk(width, shrink)*shrink)
	}
	switch orientation {
	case 3, 4, 7, 8:
		f.Y = float64(height - Shrunk(height, shrink)*shrink)
	}
	return f
}

// Upright gives the sides of a stored image once it is turned by its EXIF
// orientation, 1..8.
func Upright(width, height, orientation int) (int, int) {
	if orientation >= 5 {
		return height, width
	}
	return width, height
}

// first is the place of the first pixel here on the photograph.
func (f Frame) first() models.Point {
	return models.Point{X: f.Shrink/2 - 0.5 + f.X, Y: f.Shrink/2 - 0.5 + f.Y}
}

// Photograph takes a face found here to the photograph's pixels.
func (f Frame) Photograph(b models.FaceBox) models.FaceBox {
	o := f.first()
	b.X, b.Y = b.X*f.Shrink+o.X, b.Y*f.Shrink+o.Y
	b.Width, b.Height = b.Width*f.Shrink, b.Height*f.Shrink
	for i, p := range b.Points {
		b.Points[i] = models.Point{X: p.X*f.Shrink + o.X, Y: p.Y*f.Shrink + o.Y}
	}
	return b
}

// Affine is the transform from here that does what m does from the photograph.
func (f Frame) Affine(m Affine) Affine {
	o := f.first()
	return Affine{
		m[0] * f.Shrink, m[1] * f.Shrink, m[0]*o.X + m[1]*o.Y + m[2],
		m[3] * f.Shrink, m[4] * f.Shrink, m[3]*o.X + m[4]*o.Y + m[5],
	}
}

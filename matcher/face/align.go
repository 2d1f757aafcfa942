package face

import (
	"math"

	"oblik/models"
)

// CropSide is the side of the aligned crop, in pixels.
const CropSide = 112

// Template holds where the five points lie in the crop: eyes, nose, corners of
// the mouth, the person's right first. These are the places ArcFace-style
// recognisers, SFace among them, are trained with (Deng et al., 2019).
var Template = [5]models.Point{
	{X: 38.2946, Y: 51.6963}, {X: 73.5318, Y: 51.5014}, {X: 56.0252, Y: 71.7366},
	{X: 41.5493, Y: 92.3655}, {X: 70.7299, Y: 92.2041},
}

// Affine maps a point (x, y) of the image to the crop:
// (m[0]x + m[1]y + m[2], m[3]x + m[4]y + m[5]).
type Affine [6]float64

// Similarity is the rotation, scale and shift that lays points on [Template]
// with the least squared error (Umeyama, 1991; in the plane it has this closed
// form, and a mirror image is never used). ok is false if the points coincide.
func Similarity(points [5]models.Point) (m Affine, ok bool) {
	from, to := centre(points), centre(Template)
	var a, b, spread float64
	for i, p := range points {
		x, y := p.X-from.X, p.Y-from.Y
		u, v := Template[i].X-to.X, Template[i].Y-to.Y
		a += x*u + y*v
		b += x*v - y*u
		spread += x*x + y*y
	}
	a, b = a/spread, b/spread
	if !(spread > 1e-6) || !(math.Hypot(a, b) > 1e-9) {
		return m, false
	}
	return Affine{
		a, -b, to.X - a*from.X + b*from.Y,
		b, a, to.Y - b*from.X - a*from.Y,
	}, true
}

func centre(points [5]models.Point) (c models.Point) {
	for _, p := range points {
		c.X += p.X / 5
		c.Y += p.Y / 5
	}
	return c
}

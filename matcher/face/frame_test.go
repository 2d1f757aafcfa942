package face

import (
	"math"
	"testing"

	"oblik/models"
)

// turnedPlace gives where a pixel of a stored image of w x h comes to lie when it is
// turned by an EXIF orientation: CIPA DC-008 table 6, row by row.
func turnedPlace(x, y, w, h float64, orientation int) (float64, float64) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// A shrunk pixel lies where the middle of the stored pixels it stands for does,
// however the photograph is turned and whether or not its sides are multiples.
func TestFramePlacesEveryPixel(t *testing.T) {
	for _, side := range [][2]int{{64, 48}, {61, 45}, {33, 50}} {
		w, h := side[0], side[1]
		for _, s := range []int{1, 2, 4, 8} {
			sw, sh := Shrunk(w, s), Shrunk(h, s)
			if sw*s < w || sw*s >= w+s || sh*s < h || sh*s >= h+s {
				t.Fatalf("%dx%d at 1/%d is %dx%d", w, h, s, sw, sh)
			}
			for o := 1; o <= 8; o++ {
				f := FrameOf(w, h, o, s)
				for i := range sw * sh {
					x, y := float64(i%sw), float64(i/sw)
					half := float64(s-1) / 2
					wantX, wantY := turnedPlace(x*float64(s)+half, y*float64(s)+half, float64(w), float64(h), o)
					hereX, hereY := turnedPlace(x, y, float64(sw), float64(sh), o)
					b := f.Photograph(models.FaceBox{X: hereX, Y: hereY, Width: 3, Height: 5})
					if b.X != wantX || b.Y != wantY || b.Width != float64(3*s) || b.Height != float64(5*s) {
						t.Fatalf("%dx%d at 1/%d, orientation %d: pixel %g,%g is at %g,%g, not %g,%g", w, h, s, o, x, y, b.X, b.Y, wantX, wantY)
					}
				}
			}
		}
	}
}

// Aligning from here puts the points where aligning from the photograph does.
func TestFrameAffine(t *testing.T) {
	points := turned(3, 0.4, 20, -5)
	m, ok := Similarity(points)
	if !ok {
		t.Fatal("no transform")
	}
	for _, f := range []Frame{{Shrink: 1}, FrameOf(61, 45, 3, 8), FrameOf(61, 45, 6, 4)} {
		here := models.FaceBox{Points: [5]models.Point{{X: 1, Y: 2}, {X: -3, Y: 4.5}, {}, {X: 7}, {Y: 100}}}
		whole := f.Photograph(here)
		for i := range here.Points {
			a, b := apply(f.Affine(m), here.Points[i]), apply(m, whole.Points[i])
			if math.Hypot(a.X-b.X, a.Y-b.Y) > 1e-9 {
				t.Errorf("%+v: point %d lands at %v, not %v", f, i, a, b)
			}
		}
	}
}

// An image at its full size keeps its numbers to the last bit: they were not
// to move when images came to be shrunk.
func TestFullFrameChangesNothing(t *testing.T) {
	b := models.FaceBox{X: 0.1, Y: 1.0 / 3, Width: 1e-9, Height: 1e9, Points: turned(0.7, 0.1, 1e6, 1e-6), Confidence: 0.5}
	f := FrameOf(250, 250, 1, 1)
	m := Affine{0.1, 0.2, 0.3, 1e6, 1e-9, -0.7}
	if f.Photograph(b) != b || f.Affine(m) != m {
		t.Errorf("%+v", f)
	}
}

package face

import "math"

// Stride is the coarsest grid of the detector; every input side is a multiple.
const Stride = 32

// Letterbox places a Width x Height image in the upper left corner of a square
// of Side pixels, its long side filling it; the rest is black. A square keeps
// the network's shape the same for every photograph, so it allocates once.
type Letterbox struct {
	Side          int     // of the square, in pixels, a multiple of [Stride]
	Width, Height int     // of the image once scaled, at least 1
	Scale         float64 // scaled pixels for one of the original
}

// Fit computes the letterbox of an image; width and height are at least 1.
func Fit(width, height, side int) Letterbox {
	scale := float64(side) / float64(max(width, height))
	return Letterbox{
		Side:   side,
		Width:  max(1, int(math.Round(float64(width)*scale))),
		Height: max(1, int(math.Round(float64(height)*scale))),
		Scale:  scale,
	}
}

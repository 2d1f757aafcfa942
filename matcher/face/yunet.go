package face

import (
	"fmt"
	"math"

	"oblik/models"
)

// Strides are the grids YuNet predicts on: one candidate a cell.
var Strides = [3]int{8, 16, 32}

// Level is what YuNet says about one grid of rows x cols cells, row by row:
// class and objectness (1 value a cell), box (4) and points (10).
type Level struct {
	Class, Object, Box, Points []float32
}

// OutputNames lists YuNet's outputs level by level in the order of [Level].
func OutputNames() []string {
	var names []string
	for _, s := range Strides {
		for _, kind := range []string{"cls", "obj", "bbox", "kps"} {
			names = append(names, fmt.Sprintf("%s_%d", kind, s))
		}
	}
	return names
}

// Decode turns the three levels into faces of at least minConfidence, in
// pixels of the original image, strongest first and without overlaps above
// maxOverlap. The confidence is sqrt(class*objectness) as in the authors'
// decoder (Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023).
func Decode(levels [3]Level, box Letterbox, minConfidence, maxOverlap float64) ([]models.FaceBox, error) {
	var faces []models.FaceBox
	for i, stride := range Strides {
		cells := box.Side / stride
		l := levels[i]
		n := cells * cells
		if len(l.Class) != n || len(l.Object) != n || len(l.Box) != 4*n || len(l.Points) != 10*n {
			return nil, models.Errorf("face", models.Internal,
				"detector outputs %d, %d, %d, %d values at stride %d, for %d cells",
				len(l.Class), len(l.Object), len(l.Box), len(l.Points), stride, n)
		}
		for c := range n {
			conf := math.Sqrt(unit(l.Class[c]) * unit(l.Object[c]))
			if conf >= minConfidence {
				faces = append(faces, cell(l, c, cells, float64(stride), box.Scale, conf))
			}
		}
	}
	return suppress(faces, maxOverlap), nil
}

// cell decodes cell c of a level with the given number of columns.
func cell(l Level, c, cols int, stride, scale, conf float64) models.FaceBox {
	col, row := float64(c%cols), float64(c/cols)
	b := l.Box[4*c : 4*c+4]
	w := math.Exp(float64(b[2])) * stride / scale
	h := math.Exp(float64(b[3])) * stride / scale
	f := models.FaceBox{
		X:          place((col+float64(b[0]))*stride, scale) - w/2,
		Y:          place((row+float64(b[1]))*stride, scale) - h/2,
		Width:      w,
		Height:     h,
		Confidence: conf,
	}
	for k := range f.Points {
		p := l.Points[10*c+2*k:]
		f.Points[k] = models.Point{
			X: place((col+float64(p[0]))*stride, scale),
			Y: place((row+float64(p[1]))*stride, scale),
		}
	}
	return f
}

// place takes a coordinate of the letterbox to the image. Scaling aligns the
// edges of the two, not the centres of their first pixels, which are where
// coordinates count from.
func place(v, scale float64) float64 { return (v+0.5)/scale - 0.5 }

// unit clamps a network's probability, NaN to 0.
func unit(v float32) float64 {
	if !(v > 0) {
		return 0
	}
	return math.Min(1, float64(v))
}

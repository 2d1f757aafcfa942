package face

import (
	"cmp"
	"math"
	"slices"

	"oblik/models"
)

// maxCandidates bounds the quadratic suppression; a crowd photograph gives a
// few thousand candidates, a portrait a dozen.
const maxCandidates = 5000

// suppress sorts by confidence and drops each face that overlaps a stronger
// one by more than maxOverlap (intersection over union). Faces whose numbers
// are not finite are dropped.
func suppress(faces []models.FaceBox, maxOverlap float64) []models.FaceBox {
	faces = slices.DeleteFunc(faces, func(f models.FaceBox) bool { return !finite(f) })
	slices.SortStableFunc(faces, func(a, b models.FaceBox) int { return cmp.Compare(b.Confidence, a.Confidence) })
	if len(faces) > maxCandidates {
		faces = faces[:maxCandidates]
	}
	kept := faces[:0:0]
	for _, f := range faces {
		if !slices.ContainsFunc(kept, func(k models.FaceBox) bool { return overlap(f, k) > maxOverlap }) {
			kept = append(kept, f)
		}
	}
	return kept
}

// overlap is the intersection over the union of two boxes, 0..1.
func overlap(a, b models.FaceBox) float64 {
	w := math.Min(a.X+a.Width, b.X+b.Width) - math.Max(a.X, b.X)
	h := math.Min(a.Y+a.Height, b.Y+b.Height) - math.Max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	both := w * h
	return both / (a.Width*a.Height + b.Width*b.Height - both)
}

func finite(f models.FaceBox) bool {
	sum := f.X + f.Y + f.Width + f.Height + f.Confidence
	for _, p := range f.Points {
		sum += p.X + p.Y
	}
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

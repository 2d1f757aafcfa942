package matcher

import (
	"oblik/matcher/face"
	"oblik/models"
)

// addMirrored makes vector the sum of the unit vectors of the crop and of its
// mirror image; the crop is mirrored in place.
func (p *Pipeline) addMirrored(vector []float32, crop []byte) error {
	const row = 3 * face.CropSide
	for y := 0; y < len(crop); y += row {
		for l, r := y, y+row-3; l < r; l, r = l+3, r-3 {
			for c := range 3 {
				crop[l+c], crop[r+c] = crop[r+c], crop[l+c]
			}
		}
	}
	mirrored, err := p.stages.Embed(crop)
	if err != nil {
		return err
	}
	if len(mirrored) != len(vector) {
		return models.Errorf("embed", models.Internal, "vectors of %d and %d dimensions", len(vector), len(mirrored))
	}
	a, b := norm(vector), norm(mirrored)
	for i := range vector {
		vector[i] = float32(float64(vector[i])/a + float64(mirrored[i])/b)
	}
	return nil
}

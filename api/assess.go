package api

import (
	"errors"
	"math"

	"oblik/models"
)

// assess says whether an extraction is good enough to enrol: a reference
// serves for years, so what a verify may be lenient about is refused here.
func (p Policy) assess(x models.Extraction) error {
	chosen := linearSize(x.Faces[0])
	for _, other := range x.Faces[1:] {
		if linearSize(other) >= p.ComparableFace*chosen {
			return models.Errorf("enroll", models.SeveralFaces, "%d faces were found, and another is of comparable size", len(x.Faces))
		}
	}
	if x.Quality.InterEye < p.MinInterEye {
		return models.Errorf("enroll", models.SmallFace, "%.0f pixels between the eyes, at least %.0f are needed",
			math.Floor(x.Quality.InterEye), p.MinInterEye)
	}
	if cutOff(x.Faces[0], x.Width, x.Height, p.MaxOutside) {
		return models.Errorf("enroll", models.PoorFace, "the face is cut off by the edge of the photograph")
	}
	return nil
}

// toEnrol names the policy's own bound where an extractor has refused a face as
// too small even to be compared.
func (p Policy) toEnrol(err error) error {
	var cause *models.Error
	if !errors.As(err, &cause) || cause.Kind != models.SmallFace || cause.Err == nil || p.MinInterEye == 0 {
		return err
	}
	return models.Errorf(cause.Op, cause.Kind, "%w, and at least %.0f to enrol", cause.Err, p.MinInterEye)
}

func linearSize(f models.FaceBox) float64 { return math.Sqrt(math.Max(0, f.Width*f.Height)) }

// cutOff is true if more than a part of the face's box, or any of its points,
// is outside the image; and for numbers that are none.
func cutOff(f models.FaceBox, width, height int, part float64) bool {
	w, h := float64(width), float64(height)
	for _, p := range f.Points {
		if !within(p.X, 0, w) || !within(p.Y, 0, h) {
			return true
		}
	}
	inside := overlap(f.X, f.Width, w) * overlap(f.Y, f.Height, h)
	return !(inside >= (1-part)*f.Width*f.Height)
}

// overlap is the length that from..from+length and 0..end share.
func overlap(from, length, end float64) float64 {
	return math.Max(0, math.Min(from+length, end)-math.Max(from, 0))
}

// onePerson refuses an encounter two of whose faces are too unlike each other:
// the photographs of two visitors got mixed up, and each would be taken for the
// other from then on. [MaxSamples] bounds it to some 500 comparisons, 1 ms.
func (s *Service) onePerson(faces []models.Template) error {
	for i, a := range faces {
		for _, b := range faces[:i] {
			score, err := s.Comparer.Compare(a, b)
			if err != nil {
				return err
			}
			if score.Value < s.Policy.MinSampleScore {
				return models.Errorf("enroll", models.Invalid, "the photographs do not seem to show one person")
			}
		}
	}
	return nil
}

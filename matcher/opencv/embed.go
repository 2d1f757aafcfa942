package opencv

import (
	"oblik/matcher/face"
	"oblik/matcher/weights"
	"oblik/models"
)

// embedder is the recogniser: SFace or another of its kind.
type embedder struct{ *network }

func newEmbedder(w weights.Loaded) (*embedder, error) {
	n, err := load(w)
	if err != nil {
		return nil, err
	}
	return &embedder{n}, nil
}

// Embed implements [matcher.Embedder].
func (e *embedder) Embed(crop []byte) ([]float32, error) {
	im, err := view(face.CropSide, face.CropSide, crop)
	if err != nil {
		return nil, err
	}
	defer closeMat(&im)
	if err := e.feed(im); err != nil {
		return nil, err
	}
	out := e.net.Forward("")
	defer closeMat(&out)
	vector, err := values(&out)
	if err == nil && len(vector) != e.manifest.Dimension {
		err = models.Errorf("embed", models.Internal, "weights %s give %d dimensions, their manifest says %d",
			e.manifest.ID, len(vector), e.manifest.Dimension)
	}
	return vector, err
}

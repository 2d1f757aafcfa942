package opencv

import (
	"oblik/matcher"
	"oblik/matcher/weights"
	"oblik/models"
)

// embedder is the recogniser: SFace or another of its kind.
type embedder struct {
	net      matcher.Network
	manifest weights.Manifest
}

// Embed implements [matcher.Embedder].
func (e embedder) Embed(crop []byte) ([]float32, error) {
	outs, err := e.net.Run(crop)
	if err != nil {
		return nil, err
	}
	if len(outs) != 1 || len(outs[0]) != e.manifest.Dimension {
		return nil, models.Errorf("embed", models.Internal, "weights %s give vectors of another dimension than their manifest's %d",
			e.manifest.ID, e.manifest.Dimension)
	}
	return append([]float32(nil), outs[0]...), nil
}

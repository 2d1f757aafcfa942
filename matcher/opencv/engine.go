package opencv

import (
	"sync"

	"gocv.io/x/gocv"

	"oblik/matcher"
	"oblik/matcher/weights"
	"oblik/models"
)

// Networks are the two nets of a pipeline, of whatever engine.
type Networks struct {
	Detector   matcher.Network // with the outputs of face.OutputNames, for pictures of Params.LongSide
	Recogniser matcher.Network // with its one output, for pictures of face.CropSide
	Engine     string          // what runs them, in words
}

// Engine is this package's name for itself as the one that runs the networks.
func Engine() string { return "OpenCV " + gocv.OpenCVVersion() }

// Close frees those that were loaded.
func (n Networks) Close() {
	for _, net := range []matcher.Network{n.Detector, n.Recogniser} {
		if net != nil {
			net.Close()
		}
	}
}

// NewStages gives the stages of one pipeline, which owns the networks from
// then on, after an error too. m describes the recogniser.
func NewStages(n Networks, m weights.Manifest, p matcher.Params) (matcher.Stages, error) {
	oneThread()
	if err := p.Validate(); err != nil {
		n.Close()
		return matcher.Stages{}, err
	}
	photos, err := newDecoder()
	if err != nil {
		n.Close()
		return matcher.Stages{}, err
	}
	d := newDetector(n.Detector, p)
	return matcher.Stages{
		Decoder: photos, Detector: d, Aligner: aligner{}, Embedder: embedder{n.Recogniser, m}, Engine: n.Engine,
		Format:    models.Format{Weights: m.ID, Dimension: m.Dimension},
		MinLength: m.MinLength,
		Close:     sync.OnceFunc(func() { photos.close(); d.close(); n.Close() }),
	}, nil
}

package opencv

import (
	"sync"

	"gocv.io/x/gocv"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/weights"
	"oblik/models"
)

// Networks are the two nets of a pipeline, of whatever engine.
type Networks struct {
	Detector   matcher.Network // with the outputs of face.OutputNames, for pictures of Params.LongSide
	Recogniser matcher.Network // with its one output, for pictures of face.CropSide
	Engine     string          // what runs them, in words
}

// NewNetworks loads both nets to be run by OpenCV itself, the detector for
// pictures of longSide pixels.
func NewNetworks(detect, recognise weights.Loaded, longSide int) (n Networks, err error) {
	n.Engine = "OpenCV " + gocv.OpenCVVersion()
	if n.Detector, err = NewNetwork(detect, longSide, face.OutputNames()); err != nil {
		return n, err
	}
	if n.Recogniser, err = NewNetwork(recognise, face.CropSide, recognise.Manifest.Outputs); err != nil {
		n.Close()
	}
	return n, err
}

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

package opencv

import (
	"image"

	"gocv.io/x/gocv"

	"oblik/matcher/weights"
	"oblik/models"
)

// network is a loaded net with what its manifest says of the input.
type network struct {
	net      gocv.Net
	manifest weights.Manifest
}

func load(w weights.Loaded) (*network, error) {
	net, err := gocv.ReadNetFromONNXBytes(w.ONNX)
	if err != nil {
		return nil, models.Errorf("opencv", models.Internal, "weights %s: %w", w.Manifest.ID, err)
	}
	if net.Empty() {
		_ = net.Close()
		return nil, models.Errorf("opencv", models.Internal, "weights %s: OpenCV reads no network from them", w.Manifest.ID)
	}
	return &network{net: net, manifest: w.Manifest}, nil
}

// feed makes the input blob of a BGR image of exactly the size the net is to
// see and hands it over.
func (n *network) feed(im gocv.Mat) error {
	if im.Empty() || im.Type() != gocv.MatTypeCV8UC3 {
		return models.Errorf("opencv", models.Internal, "the input is no 8 bit colour image")
	}
	m := n.manifest
	mean := gocv.NewScalar(m.Mean[0], m.Mean[1], m.Mean[2], 0)
	blob := gocv.BlobFromImage(im, m.Scale, image.Pt(im.Cols(), im.Rows()), mean, m.Colour == "RGB", false)
	defer closeMat(&blob)
	if blob.Empty() {
		return models.Errorf("opencv", models.Internal, "the input blob is empty")
	}
	n.net.SetInput(blob, m.InputName)
	return nil
}

// values copies a float32 output out of native memory.
func values(m *gocv.Mat) ([]float32, error) {
	if m.Empty() || m.Type() != gocv.MatTypeCV32F || !m.IsContinuous() {
		return nil, models.Errorf("opencv", models.Internal, "an output is no block of float32")
	}
	v, err := m.DataPtrFloat32()
	if err != nil {
		return nil, models.Errorf("opencv", models.Internal, "%w", err)
	}
	return append([]float32(nil), v...), nil
}

func (n *network) close() { _ = n.net.Close() }

func closeMat(m *gocv.Mat) { _ = m.Close() }

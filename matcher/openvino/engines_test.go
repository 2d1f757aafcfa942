package openvino_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/opencv"
	"oblik/matcher/openvino"
	"oblik/matcher/weights"
)

// both embeds every crop with a second engine, too.
type both struct {
	matcher.Embedder
	t      *testing.T
	second matcher.Network
	least  float64 // cosine between the two so far
}

func (b *both) Embed(crop []byte) ([]float32, error) {
	v, err := b.Embedder.Embed(crop)
	if err != nil {
		return nil, err
	}
	b.least = min(b.least, cosine(v, vector(b.t, b.second, crop)))
	return v, nil
}

// opencvStages are those of OpenCV alone.
func opencvStages(t *testing.T, p matcher.Params) matcher.Stages {
	t.Helper()
	w := loaded(t, "sface-2021dec-int8bq", weights.Recognise)
	nets, err := opencv.NewNetworks(loaded(t, "yunet-2023mar-int8bq", weights.Detect), w, p.LongSide)
	if err != nil {
		t.Fatal(err)
	}
	s, err := opencv.NewStages(nets, w.Manifest, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// The two engines make the same vector of the same crop: what is enrolled with
// one is verified with the other. Every tenth photograph is tried here; `oblik
// bench engines` tries all of them.
func TestEnginesAgree(t *testing.T) {
	l := library(t)
	for _, c := range []struct {
		precision openvino.Precision
		every     int
		cosine    float64
	}{{l.Best(), 10, 0.998}, {openvino.F32, 100, 0.99999}} {
		t.Run(string(c.precision), func(t *testing.T) {
			s := opencvStages(t, matcher.DefaultParams())
			b := &both{Embedder: s.Embedder, t: t, second: recogniser(t, c.precision, ""), least: 1}
			s.Embedder = b
			pipeline := matcher.NewPipeline(s, matcher.DefaultParams(), nil)
			faces := 0
			for i, file := range photographs(t) {
				if i%c.every != 0 {
					continue
				}
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := pipeline.Extract(context.Background(), data); err != nil {
					t.Errorf("a photograph: %v", err)
				}
				faces++
			}
			t.Logf("%d faces: the least cosine is %.6f", faces, b.least)
			if faces < 30 || !(b.least >= c.cosine) {
				t.Errorf("%d faces, least cosine %.6f, at least %g expected", faces, b.least, c.cosine)
			}
		})
	}
}

// The detector computes in float32 with both: every output is the same.
func TestDetectorsAgree(t *testing.T) {
	library(t)
	p := matcher.DefaultParams()
	n := network(t, loaded(t, "yunet-2023mar-int8bq", weights.Detect), openvino.Plan{Side: p.LongSide, Outputs: face.OutputNames(), Precision: openvino.F32})
	input := picture(p.LongSide)
	d, err := opencv.NewNetwork(loaded(t, "yunet-2023mar-int8bq", weights.Detect), p.LongSide, face.OutputNames())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	want, err := d.Run(input)
	if err != nil {
		t.Fatal(err)
	}
	got, err := n.Run(input)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range face.OutputNames() {
		if len(got[i]) != len(want[i]) {
			t.Fatalf("%s: %d values, %d expected", name, len(got[i]), len(want[i]))
		}
		for k := range got[i] {
			if d := got[i][k] - want[i][k]; !(d < 1e-3 && d > -1e-3) {
				t.Fatalf("%s: value %d is %g, with OpenCV %g", name, k, got[i][k], want[i][k])
			}
		}
	}
}

func photographs(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("DEVELOPMENT_DATA")
	if dir == "" {
		dir = "../../../shared"
	}
	files, err := filepath.Glob(filepath.Join(dir, "lfw", "images", "*", "*.jpg"))
	if err != nil || len(files) == 0 {
		t.Skip("the development data (DEVELOPMENT_DATA, else ../shared beside the checkout) is not here")
	}
	slices.Sort(files)
	return files
}

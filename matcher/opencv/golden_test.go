package opencv_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"testing"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/matchertest"
	"oblik/matcher/opencv"
	"oblik/matcher/weights"
)

// shared is the folder of development data: crops and their vectors made by
// another runtime from the same weights.
func shared(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("DEVELOPMENT_DATA")
	if dir == "" {
		dir = "../../../shared"
	}
	if _, err := os.Stat(filepath.Join(dir, "golden")); err != nil {
		t.Skip("the development data (DEVELOPMENT_DATA, else ../shared beside the checkout) is not here")
	}
	return dir
}

func stages(t testing.TB, p matcher.Params) matcher.Stages {
	t.Helper()
	const dir = "../../.cache/weights"
	detect, err := weights.Load(dir, "yunet-2023mar-int8bq", weights.Detect)
	if err != nil {
		t.Fatalf("%v (make setup puts the weights there)", err)
	}
	recognise, err := weights.Load(dir, "sface-2021dec-int8bq", weights.Recognise)
	if err != nil {
		t.Fatal(err)
	}
	nets, err := opencv.NewNetworks(detect, recognise, p.LongSide)
	if err != nil {
		t.Fatal(err)
	}
	s, err := opencv.NewStages(nets, recognise.Manifest, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// crop reads an aligned crop as the aligner would give it.
func crop(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	im, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var bgr []byte
	for y := range face.CropSide {
		for x := range face.CropSide {
			r, g, b, _ := im.At(x, y).RGBA()
			bgr = append(bgr, byte(b>>8), byte(g>>8), byte(r>>8))
		}
	}
	return bgr
}

var cosine = matchertest.Cosine

func TestGolden(t *testing.T) {
	dir := filepath.Join(shared(t), "golden")
	data, err := os.ReadFile(filepath.Join(dir, "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Faces []struct {
			Image, Crop string
			Embedding   []float32 `json:"embedding_unit"`
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	s := stages(t, matcher.DefaultParams())
	pipeline := matcher.NewPipeline(s, matcher.DefaultParams(), nil)
	for _, f := range golden.Faces {
		v, err := s.Embed(crop(t, filepath.Join(dir, f.Crop)))
		if err != nil {
			t.Fatal(err)
		}
		if c := cosine(v, f.Embedding); !(c > 0.9999) {
			t.Errorf("%s: cosine %.6f, above 0.9999 expected", f.Crop, c)
		}
		photo, err := os.ReadFile(filepath.Join("../../.cache/photos", f.Image))
		if err != nil {
			t.Fatalf("%v (make setup puts the photographs there)", err)
		}
		x, err := pipeline.Extract(context.Background(), photo)
		if err != nil {
			t.Fatalf("%s: %v", f.Image, err)
		}
		v, err = matcher.Vector(x.Template)
		if err != nil {
			t.Fatal(err)
		}
		c := cosine(v, f.Embedding)
		if !(c > 0.85) {
			t.Errorf("%s: cosine %.4f, above 0.85 expected", f.Image, c)
		}
		t.Logf("%s: whole image %.4f, detector %.3f", f.Image, c, x.Quality.Confidence)
	}
}

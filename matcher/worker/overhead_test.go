package worker_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/matcher/worker"
	"oblik/models"
)

// quickStages do next to nothing, so that what is left of a request is the way
// to the worker and back.
func quickStages() matcher.Stages {
	return matcher.Stages{
		Decoder: quick{}, Detector: quick{}, Aligner: quick{}, Embedder: quick{},
		Format: models.Format{Weights: "quick", Dimension: 128}, Close: func() {},
	}
}

type quick struct{}

func (quick) Decode(_ []byte, info header.Info, shrink int) (*matcher.Image, error) {
	return &matcher.Image{Width: (info.Width + shrink - 1) / shrink, Height: (info.Height + shrink - 1) / shrink, Shrink: shrink}, nil
}

func (quick) Detect(*matcher.Image, int) ([]models.FaceBox, error) {
	return []models.FaceBox{{X: 10, Y: 10, Width: 100, Height: 100, Confidence: 0.99,
		Points: [5]models.Point{{X: 38, Y: 51}, {X: 73, Y: 51}, {X: 56, Y: 71}, {X: 41, Y: 92}, {X: 70, Y: 92}}}}, nil
}

func (quick) Align(*matcher.Image, face.Affine) ([]byte, error) { return nil, nil }

func (quick) Embed([]byte) ([]float32, error) {
	v := make([]float32, 128)
	for i := range v {
		v[i] = float32(i + 1)
	}
	return v, nil
}

// photographs are of 250 px as in LFW, the sample, and one of nearly 6 MB.
func photographs(t testing.TB) map[string]models.Sample {
	t.Helper()
	sample := photograph(t)
	small, err := jpeg.Decode(bytes.NewReader(sample.Image))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]models.Sample{
		"250px":   {Modality: models.Face, Image: resized(t, small, 250, 80)},
		"sample":  sample,
		"largest": {Modality: models.Face, Image: noisy(t)},
	}
}

func resized(t testing.TB, im image.Image, side, quality int) []byte {
	t.Helper()
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	b := im.Bounds()
	for y := range side {
		for x := range side {
			small.Set(x, y, im.At(b.Min.X+x*b.Dx()/side, b.Min.Y+y*b.Dy()/side))
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// noisy compresses badly.
func noisy(t testing.TB) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	im := image.NewRGBA(image.Rect(0, 0, 2300, 2300))
	for i := range im.Pix {
		im.Pix[i] = byte(r.UintN(256))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, im, &jpeg.Options{Quality: 94}); err != nil {
		t.Fatal(err)
	}
	if n := out.Len(); n < 5<<20 || n > 6<<20 {
		t.Fatalf("%d bytes", n)
	}
	return out.Bytes()
}

// BenchmarkBoundary is what it costs to extract in a sandboxed process and not in
// this one: each request is made in both ways, one after the other. The metric
// "µs-more" is the median of the differences. "way" has stages that do nothing,
// so it is the pipes, the waking and both sides' copies alone; "whole" has the
// real ones.
func BenchmarkBoundary(b *testing.B) {
	for kind, child := range map[string]string{"way": "quick", "whole": "child"} {
		for name, s := range photographs(b) {
			b.Run(kind+"/"+name, func(b *testing.B) {
				pipeline := matcher.NewPipeline(quickStages(), matcher.DefaultParams(), nil)
				if kind == "whole" {
					var err error
					if pipeline, _, err = load(false); err != nil {
						b.Fatal(err)
					}
				}
				inside := matcher.NewLocal(pipeline)
				defer inside.Close()
				outside, err := worker.NewPool(worker.Config{
					Workers: 1, Limits: header.DefaultLimits(), Command: childOf(child), Log: slog.New(slog.DiscardHandler),
				})
				if err != nil {
					b.Fatal(err)
				}
				defer outside.Close()
				differences := []time.Duration{}
				for b.Loop() {
					began := time.Now()
					_, errIn := extract(inside, s)
					between := time.Now()
					_, errOut := extract(outside, s)
					if models.KindOf(errIn) != models.KindOf(errOut) {
						b.Fatalf("%v, %v", errIn, errOut)
					}
					differences = append(differences, time.Since(between)-between.Sub(began))
				}
				slices.Sort(differences)
				b.ReportMetric(float64(differences[len(differences)/2].Microseconds()), "µs-more")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

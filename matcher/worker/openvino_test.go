package worker_test

import (
	"bufio"
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/matcher/matchertest"
	"oblik/matcher/opencv"
	"oblik/matcher/openvino"
	"oblik/matcher/weights"
	"oblik/models"
)

const openvinoDir = "../../.cache/openvino"

// onOpenVINO is a pipeline whose networks OpenVINO has compiled anew. Its
// decoder tells of the process's mappings on demand: a list opened before the
// sandbox was entered goes on telling what there is.
func onOpenVINO(longSide int) (*matcher.Pipeline, models.Format, error) {
	p := matcher.DefaultParams()
	p.LongSide = longSide
	fail := func(err error) (*matcher.Pipeline, models.Format, error) { return nil, models.Format{}, err }
	detect, err := weights.Load("../../.cache/weights", "yunet-2023mar-int8bq", weights.Detect)
	if err != nil {
		return fail(err)
	}
	recognise, err := weights.Load("../../.cache/weights", "sface-2021dec-int8bq", weights.Recognise)
	if err != nil {
		return fail(err)
	}
	lib, err := openvino.Open(openvinoDir)
	if err != nil {
		return fail(err)
	}
	d, err := lib.NewNetwork(detect, openvino.Plan{Side: longSide, Outputs: face.OutputNames(), Precision: openvino.F32})
	if err != nil {
		return fail(err)
	}
	r, err := lib.NewNetwork(recognise, openvino.Plan{Side: face.CropSide, Outputs: recognise.Manifest.Outputs, Precision: lib.Best()})
	if err != nil {
		return fail(err)
	}
	s, err := opencv.NewStages(opencv.Networks{Detector: d, Recogniser: r, Engine: "OpenVINO"}, recognise.Manifest, p)
	if err != nil {
		return fail(err)
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return fail(err)
	}
	s.Decoder = cartographer{s.Decoder, maps}
	return matcher.NewPipeline(s, p, nil), s.Format, nil
}

type cartographer struct {
	matcher.Decoder
	maps *os.File
}

func (c cartographer) Decode(data []byte, info header.Info, shrink int) (*matcher.Image, error) {
	if len(data) != mapBytes {
		return c.Decoder.Decode(data, info, shrink)
	}
	code, writable := 0, 0
	for lines := bufio.NewScanner(io.NewSectionReader(c.maps, 0, 1<<30)); lines.Scan(); {
		rights := strings.Fields(lines.Text())[1]
		if strings.Contains(rights, "x") {
			code++
			writable += strings.Count(rights, "w")
		}
	}
	return nil, models.Errorf("decode", models.DamagedImage, "code in %d mappings, %d writable", code, writable)
}

// Code that OpenVINO compiles can't be written to in a worker, and OpenVINO
// does not want to: photographs of all formats, upright and not, are read.
func TestCompiledCodeIsSealed(t *testing.T) {
	if _, err := os.Stat(openvinoDir); err != nil {
		t.Skip("OpenVINO is not here (make setup puts it there, unless OPENVINO=no)")
	}
	for _, kind := range []string{"openvino 320", "openvino 640"} {
		t.Run(kind, func(t *testing.T) {
			p := poolOf(t, 1, 20*time.Second, childOf(kind))
			if p.Engine() != "OpenVINO" {
				t.Fatalf("the engine is %q", p.Engine())
			}
			sealed := func() {
				t.Helper()
				if _, err := extract(p, padded(t, mapBytes)); err == nil || !strings.Contains(err.Error(), " mappings, 0 writable") ||
					strings.Contains(err.Error(), "code in 0 ") {
					t.Errorf("%v", err)
				}
			}
			sealed()
			for name, image := range map[string][]byte{
				"JPEG 2000": matchertest.JP2(), "lossy WebP": matchertest.LossyWebP(), "lossless WebP": matchertest.LosslessWebP(),
				"PNG": matchertest.EncodePNG(matchertest.Gradient(64, 48)),
			} { // nobody is on them
				if _, err := extract(p, models.Sample{Modality: models.Face, Image: image}); models.KindOf(err) != models.NoFace {
					t.Errorf("%s: %v", name, err)
				}
			}
			turned := 0
			for i, file := range labelled(t) {
				if i%10 != 0 {
					continue
				}
				image, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := extract(p, models.Sample{Modality: models.Face, Image: image}); err != nil {
					t.Errorf("photograph %d: %v", i, err)
				}
				if i%100 == 0 {
					_, err := extract(p, models.Sample{Modality: models.Face, Image: upsideDown(t, image)})
					if k := models.KindOf(err); k == models.NotUpright {
						turned++
					} else if err != nil && k != models.NoFace && k != models.PoorFace {
						t.Errorf("photograph %d, turned: %v", i, err)
					}
				}
			}
			if turned == 0 {
				t.Error("no photograph was looked at turned")
			}
			sealed()
		})
	}
}

// upsideDown turns a JPEG.
func upsideDown(t *testing.T, data []byte) []byte {
	t.Helper()
	im, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b := im.Bounds()
	turned := image.NewRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			turned.Set(b.Max.X-1-x, b.Max.Y-1-y, im.At(x, y))
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turned, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// labelled are the photographs of Labeled Faces in the Wild.
func labelled(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("DEVELOPMENT_DATA")
	if dir == "" {
		dir = "../../../shared"
	}
	files, err := filepath.Glob(filepath.Join(dir, "lfw", "images", "*", "*.jpg"))
	if err != nil || len(files) == 0 {
		t.Skip("the development data (DEVELOPMENT_DATA, else ../shared beside the checkout) is not here")
	}
	return files
}

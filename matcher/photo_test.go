package matcher

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math"
	"slices"
	"testing"
	"time"

	"oblik/matcher/face"
	"oblik/matcher/header"
	mt "oblik/matcher/matchertest"
	"oblik/models"
)

// camera is a fake of all stages that shows one face of a large photograph at
// whatever size it is decoded.
type camera struct {
	*engine
	face    models.FaceBox // in pixels of the photograph, upright
	w, h, o int            // of the photograph as stored, and its EXIF orientation
	decoded []int          // what it was shrunk by, time after time
	spoil   int            // the decode that fails, by giving a wrong width, or height if below 0
	crops   [5]models.Point
}

func (c *camera) Decode(_ []byte, _ header.Info, shrink int) (*Image, error) {
	if c.freed != len(c.decoded) {
		panic("decoded while the image before is in use")
	}
	c.decoded = append(c.decoded, shrink)
	w, h := face.Upright(face.Shrunk(c.w, shrink), face.Shrunk(c.h, shrink), c.o)
	if c.spoil == len(c.decoded) {
		w++
	}
	if -c.spoil == len(c.decoded) {
		h++
	}
	return &Image{Width: w, Height: h, Shrink: shrink, Free: func() { c.freed++ }}, nil
}

// here is where the photograph's face is in a decoded image.
func (c *camera) here(shrink int) models.FaceBox {
	f, s := face.FrameOf(c.w, c.h, c.o, shrink), float64(shrink)
	at := func(p models.Point) models.Point {
		return models.Point{X: (p.X+0.5-f.X)/s - 0.5, Y: (p.Y+0.5-f.Y)/s - 0.5}
	}
	b := c.face
	corner := at(models.Point{X: b.X, Y: b.Y})
	b.X, b.Y, b.Width, b.Height = corner.X, corner.Y, b.Width/s, b.Height/s
	for i, p := range b.Points {
		b.Points[i] = at(p)
	}
	return b
}

func (c *camera) Detect(im *Image, _ int) ([]models.FaceBox, error) {
	return []models.FaceBox{c.here(im.Shrink)}, nil
}

func (c *camera) Align(im *Image, m face.Affine) ([]byte, error) {
	for i, p := range c.here(im.Shrink).Points {
		c.crops[i] = models.Point{X: m[0]*p.X + m[1]*p.Y + m[2], Y: m[3]*p.X + m[4]*p.Y + m[5]}
	}
	return c.engine.Align(im, m)
}

// newCamera takes a photograph of 637 x 479 pixels with a face of so many
// pixels between the eyes.
func newCamera(orientation int, eyes float64) *camera {
	c := &camera{engine: &engine{vectors: [][]float32{{6, 8}}}, w: 637, h: 479, o: orientation}
	scale := eyes / face.InterEye(models.FaceBox{Points: face.Template})
	c.face = models.FaceBox{X: 100, Y: 80, Width: 100 * scale, Height: 120 * scale, Confidence: 0.95}
	for i, p := range face.Template {
		c.face.Points[i] = models.Point{X: 90 + scale*p.X, Y: 70 + scale*p.Y}
	}
	return c
}

func (c *camera) extract(t *testing.T, p Params, trace Trace) (models.Extraction, error) {
	t.Helper()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, c.w, c.h)), nil); err != nil {
		t.Fatal(err)
	}
	s := Stages{Decoder: c, Detector: c, Aligner: c, Embedder: c, Close: func() {}, Format: models.Format{Weights: testWeights, Dimension: 2}}
	return NewPipeline(s, p, trace).Extract(context.Background(), mt.AfterSOI(photo.Bytes(), exifSegment(c.o)))
}

// shrinking are parameters under which 637 pixels are decoded at an eighth and
// a face that has 16 pixels or more between its eyes there is aligned from it.
func shrinking() Params {
	p := DefaultParams()
	p.LongSide, p.DetectSide, p.AlignInterEye = 64, 1.25, 16
	return p
}

// However a photograph is decoded and turned, what is told about it is in its
// own pixels, and its face comes to lie on the template.
func TestPipelineShrinks(t *testing.T) {
	for _, k := range []struct {
		name    string
		eyes    float64
		decoded []int
	}{
		{"large", 128.5, []int{8}}, {"a little small", 127, []int{8, 4}}, {"smaller", 63, []int{8, 2}}, {"small", 31, []int{8, 1}},
	} {
		for o := 1; o <= 8; o++ {
			c := newCamera(o, k.eyes)
			x, err := c.extract(t, shrinking(), nil)
			if err != nil {
				t.Fatalf("%s, orientation %d: %v", k.name, o, err)
			}
			if !slices.Equal(c.decoded, k.decoded) || c.freed != len(c.decoded) {
				t.Errorf("%s, orientation %d: decoded at 1/%v, freed %d times", k.name, o, c.decoded, c.freed)
			}
			w, h := face.Upright(c.w, c.h, o)
			if x.Width != w || x.Height != h || math.Abs(x.Quality.InterEye-k.eyes) > 1e-9 || !alike(x.Faces[0], c.face) {
				t.Errorf("%s, orientation %d: %dx%d, %+v; want %+v", k.name, o, x.Width, x.Height, x.Faces[0], c.face)
			}
			for i, p := range c.crops {
				if math.Hypot(p.X-face.Template[i].X, p.Y-face.Template[i].Y) > 1e-9 {
					t.Errorf("%s, orientation %d: point %d lands at %v", k.name, o, i, p)
				}
			}
		}
	}
}

// alike tells whether two faces are the same but for rounding.
func alike(a, b models.FaceBox) bool {
	off := math.Abs(a.X-b.X) + math.Abs(a.Y-b.Y) + math.Abs(a.Width-b.Width) + math.Abs(a.Height-b.Height)
	for i := range a.Points {
		off += math.Hypot(a.Points[i].X-b.Points[i].X, a.Points[i].Y-b.Points[i].Y)
	}
	return off < 1e-9
}

// The least distance between the eyes is one of the photograph, not of what
// was decoded of it.
func TestSmallFaceIsJudgedInThePhotograph(t *testing.T) {
	p := shrinking()
	p.MinInterEye = 40
	if _, err := newCamera(1, 40.01).extract(t, p, nil); err != nil {
		t.Error(err)
	}
	if _, err := newCamera(1, 39.99).extract(t, p, nil); models.KindOf(err) != models.SmallFace {
		t.Errorf("%v", err)
	}
}

func TestFullDecode(t *testing.T) {
	p := shrinking()
	p.FullDecode = true
	c := newCamera(1, 40)
	if _, err := c.extract(t, p, nil); err != nil || !slices.Equal(c.decoded, []int{1}) {
		t.Errorf("decoded at 1/%v, %v", c.decoded, err)
	}
}

func TestPipelineRefusesOtherDimensions(t *testing.T) {
	for _, spoil := range []int{1, 2, -1, -2} {
		c := newCamera(6, 40)
		c.spoil = spoil
		if _, err := c.extract(t, shrinking(), nil); models.KindOf(err) != models.DamagedImage || c.freed != max(spoil, -spoil) {
			t.Errorf("decode %d of another size: %v, freed %d times", spoil, err, c.freed)
		}
	}
}

func TestShrinkToDetect(t *testing.T) {
	p := DefaultParams()
	p.LongSide, p.DetectSide = 320, 2
	for _, c := range []struct {
		format     header.Format
		w, h, want int
	}{
		{header.JPEG, 250, 250, 1}, {header.JPEG, 1278, 900, 1}, {header.JPEG, 900, 1279, 2}, {header.JPEG, 1280, 16, 2},
		{header.JPEG, 2556, 100, 2}, {header.JPEG, 2557, 2557, 4}, {header.JPEG, 5112, 3000, 4}, {header.JPEG, 5113, 3000, 8},
		{header.JPEG, 8192, 16, 8}, {header.PNG, 4000, 3000, 1}, {header.WebP, 4000, 3000, 1}, {header.JPEG2000, 4000, 3000, 1},
	} {
		if got := p.shrinkToDetect(header.Info{Format: c.format, Width: c.w, Height: c.h}); got != c.want {
			t.Errorf("%s of %dx%d: 1/%d, want 1/%d", c.format, c.w, c.h, got, c.want)
		}
	}
}

// A second decode is a stage of its own: it is no part of detection's time.
func TestTraceTellsTheSecondDecode(t *testing.T) {
	var stages []Stage
	trace := func(s Stage, _ time.Duration) { stages = append(stages, s) }
	if _, err := newCamera(1, 40).extract(t, shrinking(), trace); err != nil {
		t.Fatal(err)
	}
	if want := []Stage{StageDecode, StageDetect, StageRedecode, StageAlign, StageEmbed}; !slices.Equal(stages, want) {
		t.Errorf("%v, want %v", stages, want)
	}
}

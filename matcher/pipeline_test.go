package matcher

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"slices"
	"testing"

	"oblik/matcher/face"
	"oblik/matcher/header"
	mt "oblik/matcher/matchertest"
	"oblik/models"
)

// engine is a fake of all stages: what it sees is what a test says.
type engine struct {
	width, height int
	orientation   int                 // EXIF's, of the photograph; 0 for none
	faces         [4][]models.FaceBox // by quarter turns
	vectors       [][]float32         // one for each Embed, the last one again and again
	crops         [][]byte            // that were embedded
	freed         int
	err           error
}

func (e *engine) Decode([]byte, header.Info, int) (*Image, error) {
	return &Image{Width: e.width, Height: e.height, BGR: make([]byte, 3*e.width*e.height), Free: func() { e.freed++ }}, e.err
}

func (e *engine) Detect(_ *Image, turns int) ([]models.FaceBox, error) {
	return slices.Clone(e.faces[turns]), nil
}

func (e *engine) Align(*Image, face.Affine) ([]byte, error) {
	crop := make([]byte, 3*face.CropSide*face.CropSide)
	for i := range crop {
		crop[i] = byte(i % 251)
	}
	return crop, nil
}

func (e *engine) Embed(crop []byte) ([]float32, error) {
	e.crops = append(e.crops, bytes.Clone(crop))
	v := e.vectors[0]
	if len(e.vectors) > 1 {
		e.vectors = e.vectors[1:]
	}
	return slices.Clone(v), nil
}

// portrait is a face in the middle of a 64x48 image.
func portrait(confidence float64) models.FaceBox {
	f := models.FaceBox{X: 20, Y: 10, Width: 24, Height: 28, Confidence: confidence}
	for i, p := range face.Template {
		f.Points[i] = models.Point{X: 16 + p.X/3, Y: p.Y / 3}
	}
	return f
}

// exifSegment is that of a JPEG, with the orientation alone.
func exifSegment(orientation int) []byte {
	return mt.Segment(0xE1, "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"+string(rune(orientation))+"\x00\x00\x00\x00\x00\x00")
}

func newEngine(confidence float64) *engine {
	e := &engine{width: 64, height: 48, vectors: [][]float32{{6, 8}}}
	e.faces[0] = []models.FaceBox{portrait(confidence)}
	return e
}

func (e *engine) extract(ctx context.Context, t *testing.T, change func(*Params)) (models.Extraction, error) {
	t.Helper()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	data := photo.Bytes()
	if e.orientation > 0 {
		data = mt.AfterSOI(data, exifSegment(e.orientation))
	}
	p := DefaultParams()
	if change != nil {
		change(&p)
	}
	s := Stages{Decoder: e, Detector: e, Aligner: e, Embedder: e, MinLength: 5, Close: func() {},
		Format: models.Format{Weights: testWeights, Dimension: 2}}
	return NewPipeline(s, p, nil).Extract(ctx, data)
}

func TestPipeline(t *testing.T) {
	e := newEngine(0.95)
	x, err := e.extract(context.Background(), t, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Vector(x.Template)
	if err != nil || len(v) != 2 || v[0] < 0.59 || v[0] > 0.61 || x.Quality.Length != 10 || x.Width != 64 || x.Height != 48 || e.freed != 1 {
		t.Errorf("%v, %+v, freed %d, %v", v, x.Quality, e.freed, err)
	}
}

func TestPipelineRefuses(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	bg := context.Background()
	for name, c := range map[string]struct {
		ctx    context.Context
		change func(*engine)
		kind   models.Kind
	}{
		"other dimensions":    {bg, func(e *engine) { e.width = 65 }, models.DamagedImage},
		"turned unasked":      {bg, func(e *engine) { e.width, e.height = 48, 64 }, models.DamagedImage},
		"no face":             {bg, func(e *engine) { e.faces[0] = nil }, models.NoFace},
		"a face on its head":  {bg, func(e *engine) { e.faces[0][0].Confidence = 0.8; e.faces[2] = []models.FaceBox{portrait(0.81)} }, models.NotUpright},
		"a face on its side":  {bg, func(e *engine) { e.faces[0] = nil; e.faces[3] = []models.FaceBox{portrait(0.7)} }, models.NotUpright},
		"eyes 9 pixels apart": {bg, func(e *engine) { e.faces[0][0].Points[1].X = e.faces[0][0].Points[0].X + 9 }, models.SmallFace},
		"coinciding points":   {bg, func(e *engine) { e.faces[0][0].Points = [5]models.Point{1: {X: 1e-9}} }, models.SmallFace},
		"a short vector":      {bg, func(e *engine) { e.vectors = [][]float32{{3, 3.9}} }, models.PoorFace},
		"an ended request":    {ended, func(*engine) {}, models.Deadline},
		"a zero vector":       {bg, func(e *engine) { e.vectors = [][]float32{{0, 0}} }, models.PoorFace},
	} {
		e := newEngine(0.95)
		c.change(e)
		if _, err := e.extract(c.ctx, t, nil); models.KindOf(err) != c.kind || err == nil {
			t.Errorf("%s: %v, want %v", name, err, c.kind)
		}
		if e.freed != 1 {
			t.Errorf("%s: the image was freed %d times", name, e.freed)
		}
	}
}

// A sure face is not looked at again; an unsure one stays if it is the surest.
func TestPipelineAcceptsTheUpright(t *testing.T) {
	sure := newEngine(0.92)
	sure.faces[2] = []models.FaceBox{portrait(0.99)}
	unsure := newEngine(0.7)
	unsure.faces[1], unsure.faces[2] = []models.FaceBox{portrait(0.7)}, []models.FaceBox{portrait(0.69)}
	turned := newEngine(0.95)
	turned.width, turned.height, turned.orientation = 48, 64, 6
	for name, e := range map[string]*engine{"sure": sure, "unsure": unsure, "turned by EXIF": turned} {
		if _, err := e.extract(context.Background(), t, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPipelineMirrors(t *testing.T) {
	e := newEngine(0.95)
	e.vectors = [][]float32{{10, 0}, {0, 20}}
	x, err := e.extract(context.Background(), t, func(p *Params) { p.Mirror = true })
	if err != nil {
		t.Fatal(err)
	}
	v, err := Vector(x.Template)
	if err != nil || v[0]-v[1] > 1e-3 || v[1]-v[0] > 1e-3 {
		t.Errorf("unit vectors count alike: %v, %v", v, err)
	}
	const side = face.CropSide
	for y := range side {
		for i := range side {
			a, b := 3*(y*side+i), 3*(y*side+side-1-i)
			if !bytes.Equal(e.crops[0][a:a+3], e.crops[1][b:b+3]) {
				t.Fatalf("row %d, column %d is not its mirror image", y, i)
			}
		}
	}
}

func TestLocalWaitsForItsTurn(t *testing.T) {
	e := newEngine(0.95)
	e.err = errors.New("refused")
	s := Stages{Decoder: e, Detector: e, Aligner: e, Embedder: e, Close: func() {}, Format: testFormat}
	l := NewLocal(NewPipeline(s, DefaultParams(), nil))
	p := <-l.free // somebody else has it
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Extract(ctx, models.Sample{}); models.KindOf(err) != models.Deadline {
		t.Errorf("%v", err)
	}
	l.free <- p
	l.Close()
}

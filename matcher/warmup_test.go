package matcher

import (
	"errors"
	"maps"
	"testing"

	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/models"
)

// watched counts what each stage is asked for, and fails where told to.
type watched struct {
	*engine
	decoded map[header.Format][]int // the shrinks
	looks   []int                   // the turns
	fail    string
}

var errStage = errors.New("no")

func (w *watched) failing(stage string) error {
	if w.fail == stage {
		return errStage
	}
	return nil
}

func (w *watched) Decode(data []byte, info header.Info, shrink int) (*Image, error) {
	w.decoded[info.Format] = append(w.decoded[info.Format], shrink)
	if err := w.failing("decode"); err != nil {
		return nil, err
	}
	return w.engine.Decode(data, info, shrink)
}

func (w *watched) Detect(im *Image, turns int) ([]models.FaceBox, error) {
	w.looks = append(w.looks, turns)
	return nil, w.failing("detect")
}

func (w *watched) Align(im *Image, m face.Affine) ([]byte, error) {
	if err := w.failing("align"); err != nil {
		return nil, err
	}
	return w.engine.Align(im, m)
}

func (w *watched) Embed(crop []byte) ([]float32, error) {
	if err := w.failing("embed"); err != nil {
		return nil, err
	}
	return w.engine.Embed(crop)
}

// Every format is decoded, at each size it can be, and both networks run,
// though there is no face.
func TestWarmUpReachesEverything(t *testing.T) {
	w := &watched{engine: newEngine(0.9), decoded: map[header.Format][]int{}}
	p := NewPipeline(Stages{Decoder: w, Detector: w, Aligner: w, Embedder: w, Close: func() {}}, DefaultParams(), nil)
	if err := p.WarmUp(); err != nil {
		t.Fatal(err)
	}
	sizes := map[header.Format]int{}
	for format, shrinks := range w.decoded {
		sizes[format] = len(shrinks)
	}
	want := map[header.Format]int{header.JPEG: 8, header.PNG: 1, header.WebP: 2, header.JPEG2000: 1}
	if !maps.Equal(sizes, want) {
		t.Errorf("decoded %v, want %v", sizes, want)
	}
	if len(w.looks) != 2 || len(w.crops) != 1 || w.freed != 12 {
		t.Errorf("%d looks, %d crops, %d images freed", len(w.looks), len(w.crops), w.freed)
	}
	for _, stage := range []string{"decode", "detect", "align", "embed"} {
		w.fail = stage
		if err := p.WarmUp(); !errors.Is(err, errStage) {
			t.Errorf("a failure to %s: %v", stage, err)
		}
	}
}

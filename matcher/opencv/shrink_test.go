package opencv_test

import (
	"context"
	"errors"
	"image"
	"math"
	"slices"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"oblik/matcher"
	mt "oblik/matcher/matchertest"
	"oblik/models"
)

// both are two pipelines of the same networks: one that shrinks, one that
// decodes everything in full. The first tells its stages.
type both struct {
	shrinking, full *matcher.Pipeline
	stages          []matcher.Stage
}

func newBoth(t testing.TB) *both {
	b := &both{}
	p := matcher.DefaultParams()
	s := stages(t, p)
	b.shrinking = matcher.NewPipeline(s, p, func(s matcher.Stage, _ time.Duration) { b.stages = append(b.stages, s) })
	p.FullDecode = true
	b.full = matcher.NewPipeline(s, p, nil)
	return b
}

// extract gives the two extractions of a photograph and the cosine of their
// templates.
func (b *both) extract(t testing.TB, data []byte) (shrunk, full models.Extraction, similarity float64) {
	t.Helper()
	shrunk, full, err := b.try(data)
	if err := errors.Join(err[:]...); err != nil {
		t.Fatal(err)
	}
	return shrunk, full, alike(t, shrunk, full)
}

// try is extract of a photograph that may be refused.
func (b *both) try(data []byte) (shrunk, full models.Extraction, err [2]error) {
	b.stages = b.stages[:0]
	shrunk, err[0] = b.shrinking.Extract(context.Background(), data)
	full, err[1] = b.full.Extract(context.Background(), data)
	return shrunk, full, err
}

// alike is the cosine of two extractions' templates.
func alike(t testing.TB, a, b models.Extraction) float64 {
	t.Helper()
	return cosine(vector(t, a), vector(t, b))
}

func vector(t testing.TB, x models.Extraction) []float32 {
	t.Helper()
	v, err := matcher.Vector(x.Template)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// apart is how far two extractions' chosen faces are from each other, at the
// worst of the points and corners, in distances between the eyes.
func apart(a, b models.Extraction) float64 {
	f, g := a.Faces[0], b.Faces[0]
	worst := max(math.Hypot(f.X-g.X, f.Y-g.Y), math.Hypot(f.X+f.Width-g.X-g.Width, f.Y+f.Height-g.Y-g.Height))
	for i := range f.Points {
		worst = max(worst, math.Hypot(f.Points[i].X-g.Points[i].X, f.Points[i].Y-g.Points[i].Y))
	}
	return worst / b.Quality.InterEye
}

// A photograph of 12 megapixels decoded at an eighth gives the face that the
// whole one does, and the template of one whose pixels were averaged: nearer to
// it than the whole one's, of which the aligner skips most pixels.
func TestShrunkPhotograph(t *testing.T) {
	b := newBoth(t)
	for _, name := range []string{"obama.jpg", "obama2.jpg", "biden.jpg"} {
		mat := enlarged(t, name, 3000)
		grey := gocv.NewMat()
		defer grey.Close()
		gocv.CvtColor(mat, &grey, gocv.ColorBGRToGray)
		odd := mat.Region(image.Rect(0, 0, 2999, 3601))
		defer odd.Close()
		for _, c := range []struct {
			kind string
			mat  gocv.Mat
			data []byte
		}{
			{"baseline", mat, encoded(t, mat, ".jpg")}, {"progressive", mat, encoded(t, mat, ".jpg", gocv.IMWriteJpegProgressive, 1)},
			{"grey", grey, encoded(t, grey, ".jpg")}, {"2999x3601", odd, encoded(t, odd, ".jpg")},
		} {
			got, want, similarity := b.extract(t, c.data)
			if got.Width != want.Width || got.Height != want.Height || apart(got, want) > 0.05 || slices.Contains(b.stages, matcher.StageRedecode) {
				t.Errorf("%s, %s: %dx%d, not %dx%d; %.3f distances between the eyes apart; %v",
					name, c.kind, got.Width, got.Height, want.Width, want.Height, apart(got, want), b.stages)
			}
			small := gocv.NewMat()
			defer small.Close()
			gocv.Resize(c.mat, &small, image.Pt((c.mat.Cols()+7)/8, (c.mat.Rows()+7)/8), 0, 0, gocv.InterpolationArea)
			ideal, _, _ := b.extract(t, encoded(t, small, ".png"))
			shrunk, full := alike(t, got, ideal), alike(t, want, ideal)
			t.Logf("%s, %s: %.3f apart, cosine %.4f; to the averaged: shrunk %.4f, full %.4f", name, c.kind, apart(got, want), similarity, shrunk, full)
			if !(shrunk > 0.98) || !(similarity > 0.9) {
				t.Errorf("%s, %s: cosine %.4f to the full, %.4f to the averaged, above 0.9 and 0.98 expected", name, c.kind, similarity, shrunk)
			}
		}
	}
}

// A small face in a photograph of 12 megapixels is decoded again for alignment.
func TestSmallFaceIsDecodedAgain(t *testing.T) {
	b := newBoth(t)
	face := enlarged(t, "obama.jpg", 910)
	for _, width := range []int{600, 850, 1100} {
		mat := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(200, 180, 160, 0), 2999, 4001, gocv.MatTypeCV8UC3)
		defer mat.Close()
		place := mat.Region(image.Rect(1700, 900, 1700+width, 900+width*face.Rows()/face.Cols()))
		defer place.Close()
		gocv.Resize(face, &place, image.Pt(place.Cols(), place.Rows()), 0, 0, gocv.InterpolationArea)
		got, want, c := b.extract(t, encoded(t, mat, ".jpg"))
		t.Logf("%.0f pixels between the eyes: cosine %.4f, %.3f apart", want.Quality.InterEye, c, apart(got, want))
		if !(c > 0.95) || apart(got, want) > 0.1 || !slices.Contains(b.stages, matcher.StageRedecode) {
			t.Errorf("%.0f pixels between the eyes: cosine %.4f, %.3f apart, %v", want.Quality.InterEye, c, apart(got, want), b.stages)
		}
	}
}

// However a camera held the photograph, it is the same face in the same place.
// Where the sides are no multiples of 8 what is detected moves, by half a pixel
// of the detector's input.
func TestShrunkOrientations(t *testing.T) {
	b := newBoth(t)
	im := photograph(t, "obama3.jpg") // 1434x2333
	whole := moved(im, 1432, 2328, func(x, y int) (int, int) { return x, y })
	for _, c := range []struct {
		im              image.Image
		least, farthest float64
	}{{whole, 0.99, 0.02}, {im, 0.95, 0.05}} {
		var first models.Extraction
		for o := 1; o <= 8; o++ {
			data := mt.AfterSOI(mt.EncodeJPEG(stored(c.im, o)), mt.Segment(0xE1, "Exif\x00\x00"+string(exif(o))))
			got, want, similarity := b.extract(t, data)
			if o == 1 {
				first = got
			}
			size := c.im.Bounds().Size()
			t.Logf("%v, orientation %d: cosine %.4f to full, %.4f to the upright; %.3f and %.3f apart",
				size, o, similarity, alike(t, got, first), apart(got, want), apart(got, first))
			if !(similarity > 0.95) || !(alike(t, got, first) > c.least) || apart(got, want) > 0.05 || apart(got, first) > c.farthest {
				t.Errorf("%v, orientation %d: cosine %.4f to full, %.4f to the upright; %.3f and %.3f apart",
					size, o, similarity, alike(t, got, first), apart(got, want), apart(got, first))
			}
			if got.Width != size.X || got.Height != size.Y {
				t.Errorf("%v, orientation %d: %dx%d", size, o, got.Width, got.Height)
			}
		}
	}
}

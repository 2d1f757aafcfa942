package face

import (
	"math"
	"math/rand/v2"
	"testing"

	"oblik/models"
)

func apply(m Affine, p models.Point) models.Point {
	return models.Point{X: m[0]*p.X + m[1]*p.Y + m[2], Y: m[3]*p.X + m[4]*p.Y + m[5]}
}

// turned gives the template's points as a photograph would show them.
func turned(scale, angle, dx, dy float64) (points [5]models.Point) {
	s, c := math.Sincos(angle)
	for i, p := range Template {
		points[i] = models.Point{X: scale*(c*p.X-s*p.Y) + dx, Y: scale*(s*p.X+c*p.Y) + dy}
	}
	return points
}

func TestSimilarityUndoesATurn(t *testing.T) {
	for _, c := range [][4]float64{{1, 0, 0, 0}, {3, 0.4, 200, -50}, {0.2, -2.5, 1e4, 1e4}, {40, 3.1, 0, 0}} {
		points := turned(c[0], c[1], c[2], c[3])
		m, ok := Similarity(points)
		if !ok {
			t.Fatalf("%v: no transform", c)
		}
		for i, p := range points {
			got := apply(m, p)
			if math.Hypot(got.X-Template[i].X, got.Y-Template[i].Y) > 1e-6 {
				t.Errorf("%v: point %d lands at %v, not %v", c, i, got, Template[i])
			}
		}
	}
}

// No nearby similarity may have a smaller squared error.
func TestSimilarityIsTheLeast(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		points := turned(2, r.Float64(), 10, 20)
		for i := range points {
			points[i].X += r.NormFloat64() * 5
			points[i].Y += r.NormFloat64() * 5
		}
		m, ok := Similarity(points)
		if !ok {
			t.Fatal("no transform")
		}
		least := squaredError(m, points)
		for range 100 {
			a, b := m[0]+r.NormFloat64()*0.01, m[3]+r.NormFloat64()*0.01
			other := Affine{a, -b, m[2] + r.NormFloat64()*0.1, b, a, m[5] + r.NormFloat64()*0.1}
			if squaredError(other, points) < least-1e-9 {
				t.Fatalf("%v is better than %v", other, m)
			}
		}
	}
}

func squaredError(m Affine, points [5]models.Point) (sum float64) {
	for i, p := range points {
		q := apply(m, p)
		sum += (q.X-Template[i].X)*(q.X-Template[i].X) + (q.Y-Template[i].Y)*(q.Y-Template[i].Y)
	}
	return sum
}

func TestSimilarityRefusesAPoint(t *testing.T) {
	var same [5]models.Point
	if _, ok := Similarity(same); ok {
		t.Error("five coinciding points have a transform")
	}
	same[0].X = math.NaN()
	if _, ok := Similarity(same); ok {
		t.Error("NaN has a transform")
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct{ w, h, side, wantW, wantH int }{
		{250, 250, 320, 320, 320}, {4000, 3000, 320, 320, 240}, {16, 8192, 320, 1, 320}, {100, 320, 320, 100, 320},
	} {
		b := Fit(c.w, c.h, c.side)
		if b.Width != c.wantW || b.Height != c.wantH || b.Width > c.side || b.Height > c.side {
			t.Errorf("%dx%d: %+v", c.w, c.h, b)
		}
	}
}

// empty is a detector that sees nothing.
func empty(side int) (levels [3]Level) {
	for i, s := range Strides {
		n := (side / s) * (side / s)
		levels[i] = Level{make([]float32, n), make([]float32, n), make([]float32, 4*n), make([]float32, 10*n)}
	}
	return levels
}

func TestDecodePlacesAFace(t *testing.T) {
	box := Fit(640, 480, 320) // half size
	levels := empty(320)
	l, c := levels[1], 5*20+3 // stride 16: row 5, column 3
	l.Class[c], l.Object[c] = 0.81, 1
	copy(l.Box[4*c:], []float32{0.5, 0.25, float32(math.Log(2)), float32(math.Log(3))})
	copy(l.Points[10*c:], []float32{0.25, 0.5})
	l.Class[c+1], l.Object[c+1] = 0.7, 1 // the same face, weaker
	copy(l.Box[4*(c+1):], []float32{-0.5, 0.25, float32(math.Log(2)), float32(math.Log(3))})
	l.Class[200], l.Object[200] = float32(math.NaN()), 1

	faces, err := Decode(levels, box, 0.6, 0.3)
	if err != nil || len(faces) != 1 {
		t.Fatalf("%v, %v", faces, err)
	}
	f := faces[0]
	want := models.FaceBox{X: (3.5*16-16)*2 + 0.5, Y: (5.25*16-24)*2 + 0.5, Width: 64, Height: 96, Confidence: 0.9}
	want.Points = f.Points
	for _, d := range []float64{f.X - want.X, f.Y - want.Y, f.Width - want.Width, f.Height - want.Height,
		f.Confidence - want.Confidence, f.Points[0].X - 3.25*32 - 0.5, f.Points[0].Y - 5.5*32 - 0.5} {
		if math.Abs(d) > 1e-4 {
			t.Fatalf("got %+v, want %+v", f, want)
		}
	}
}

func TestDecodeRefusesOtherShapes(t *testing.T) {
	levels := empty(320)
	levels[2].Box = levels[2].Box[1:]
	if _, err := Decode(levels, Fit(1, 1, 320), 0.5, 0.5); models.KindOf(err) != models.Internal || err == nil {
		t.Errorf("%v", err)
	}
}

func TestSuppressDropsNonsense(t *testing.T) {
	faces := suppress([]models.FaceBox{
		{Width: 10, Height: 10, Confidence: 0.5}, {X: math.Inf(1), Confidence: 1},
		{X: 20, Width: 10, Height: 10, Confidence: 0.9}, {X: 1, Width: 10, Height: 10, Confidence: 0.4},
	}, 0.3)
	if len(faces) != 2 || faces[0].X != 20 || faces[1].X != 0 {
		t.Errorf("%+v", faces)
	}
}

func TestChooseTheSubject(t *testing.T) {
	faces := []models.FaceBox{
		{X: 0, Y: 0, Width: 60, Height: 60, Confidence: 0.99}, // in the corner, a little larger
		{X: 300, Y: 300, Width: 10, Height: 10},               // a passer-by
		{X: 100, Y: 100, Width: 50, Height: 50},               // the subject
	}
	Choose(faces, 250, 250)
	if faces[0].X != 100 || faces[1].X != 0 || faces[2].X != 300 {
		t.Errorf("%+v", faces)
	}
}

func BenchmarkDecode(b *testing.B) {
	levels := empty(320)
	box := Fit(640, 480, 320)
	for b.Loop() {
		if _, err := Decode(levels, box, 0.6, 0.3); err != nil {
			b.Fatal(err)
		}
	}
}

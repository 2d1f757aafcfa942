package benchmarks

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"

	"oblik/models"
)

// slope is a picture that grows lighter from left to right and redder
// downwards.
func slope(w, h int) *image.RGBA {
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			im.SetRGBA(x, y, color.RGBA{R: uint8(200 * (y*2 + 1) / (2 * h)), G: uint8(200 * (x*2 + 1) / (2 * w)), B: 50, A: 255})
		}
	}
	return im
}

func asJPEG(t *testing.T, im image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Scaled pictures show the same, whichever way they are scaled.
func TestScaled(t *testing.T) {
	src := slope(100, 60)
	for _, size := range [][2]int{{100, 60}, {10, 6}, {33, 20}, {1, 1}, {101, 61}, {737, 443}, {300, 7}} {
		got, want := scaled(src, size[0], size[1]), slope(size[0], size[1])
		worst := 0.0
		for y := 1; y < size[1]-1; y++ { // at the edges there is half a triangle
			for x := 1; x < size[0]-1; x++ {
				a, b := got.RGBAAt(x, y), want.RGBAAt(x, y)
				worst = max(worst, math.Abs(float64(a.R)-float64(b.R)), math.Abs(float64(a.G)-float64(b.G)), math.Abs(float64(a.B)-float64(b.B)))
			}
		}
		if worst > 4 {
			t.Errorf("%v: %g levels off", size, worst)
		}
		if got.RGBAAt(0, 0).A != 255 {
			t.Errorf("%v is transparent", size)
		}
	}
	board := image.NewRGBA(image.Rect(0, 0, 64, 64)) // what plain sampling would see as black or white
	for i := range 64 * 64 {
		board.SetRGBA(i%64, i/64, color.RGBA{R: uint8(255 * ((i + i/64) % 2)), A: 255})
	}
	for _, p := range []image.Point{{4, 4}, {7, 2}} {
		near(t, "a chequerboard seen from afar", float64(scaled(board, 9, 9).RGBAAt(p.X, p.Y).R), 127.5, 3)
	}
}

func TestScaledPhotographs(t *testing.T) {
	data := asJPEG(t, slope(50, 40))
	plain, err := ScaledPhotographs(data, []int{25, 50, 400}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][2]int{{25, 20}, {50, 40}, {400, 320}} {
		got, err := jpeg.DecodeConfig(bytes.NewReader(plain[i].Data))
		if err != nil || got.Width != want[0] || got.Height != want[1] || plain[i].Width != got.Width || plain[i].Height != got.Height {
			t.Errorf("%+v, %v, want %v", got, err, want)
		}
	}
	grainy := func(seed uint64) []byte {
		p, err := ScaledPhotographs(data, []int{400}, 4, seed)
		if err != nil {
			t.Fatal(err)
		}
		return p[0].Data
	}
	one := grainy(1)
	if len(one) < 2*len(plain[2].Data) || !bytes.Equal(one, grainy(1)) || bytes.Equal(one, grainy(2)) {
		t.Errorf("%d bytes with grain, %d without", len(one), len(plain[2].Data))
	}
	light := image.NewRGBA(image.Rect(0, 0, 20, 20))
	for i := range light.Pix {
		light.Pix[i] = 255
	}
	addGrain(light, 10, rng(1))
	dark, lit := 0, 0
	for i := 0; i < len(light.Pix); i += 4 {
		switch v := light.Pix[i]; {
		case v < 245:
			t.Fatalf("%d levels off", 255-v)
		case v < 255:
			dark++
		default:
			lit++
		}
		if light.Pix[i+3] != 255 {
			t.Fatal("grain in the transparency")
		}
	}
	if dark < 100 || lit < 100 {
		t.Errorf("%d darker, %d not", dark, lit)
	}
	for name, c := range map[string]struct {
		data  []byte
		side  int
		grain float64
		kind  models.Kind
	}{
		"no JPEG":      {[]byte("text"), 100, 0, models.DamagedImage},
		"empty":        {nil, 100, 0, models.DamagedImage},
		"small":        {data, 15, 0, models.Invalid},
		"large":        {data, 8193, 0, models.Invalid},
		"negative":     {data, 100, -1, models.Invalid},
		"much":         {data, 100, 33, models.Invalid},
		"not a number": {data, 100, math.NaN(), models.Invalid},
	} {
		if _, err := ScaledPhotographs(c.data, []int{c.side}, c.grain, 1); models.KindOf(err) != c.kind || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

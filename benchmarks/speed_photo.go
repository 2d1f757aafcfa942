package benchmarks

import (
	"bytes"
	"image"
	imagedraw "image/draw" // this package has a draw of its own
	"image/jpeg"
	"math"
	"math/rand/v2"

	"oblik/models"
)

// Photograph is a JPEG to measure with.
type Photograph struct {
	Width, Height int // in pixels
	Data          []byte
}

// sampleQuality is that of the scaled photographs, on JPEG's scale of 1..100:
// that of many cameras.
const sampleQuality = 90

// ScaledPhotographs makes photographs of the long sides given, 16..8192 pixels,
// from one in JPEG, whose EXIF orientation is not applied: it must be upright
// as it is stored. They are baseline, 4:2:0.
//
// One made larger than the original is smoother than a camera's and has fewer
// bytes, and reading those takes time however much of the picture is wanted.
// grain makes up for it: noise of so many grey levels at most to either side,
// 0..32, drawn with the seed.
func ScaledPhotographs(data []byte, longSides []int, grain float64, seed uint64) ([]Photograph, error) {
	if !(grain >= 0 && grain <= 32) {
		return nil, models.Errorf("bench", models.Invalid, "a grain of %g is not within 0..32", grain)
	}
	decoded, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, models.Errorf("bench", models.DamagedImage, "%w", err)
	}
	b := decoded.Bounds()
	if b.Empty() {
		return nil, models.Errorf("bench", models.EmptyImage, "the photograph has no pixels")
	}
	src := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	imagedraw.Draw(src, src.Bounds(), decoded, b.Min, imagedraw.Src)
	var out []Photograph
	for _, side := range longSides {
		if side < 16 || side > 8192 {
			return nil, models.Errorf("bench", models.Invalid, "a long side of %d px is not within 16..8192", side)
		}
		scale := float64(side) / float64(max(b.Dx(), b.Dy()))
		w, h := max(1, int(math.Round(float64(b.Dx())*scale))), max(1, int(math.Round(float64(b.Dy())*scale)))
		im := scaled(src, w, h)
		if grain > 0 {
			addGrain(im, grain, rand.New(rand.NewPCG(seed, uint64(side)))) //nolint:gosec // repeatable, no secret
		}
		var coded bytes.Buffer
		if err := jpeg.Encode(&coded, im, &jpeg.Options{Quality: sampleQuality}); err != nil {
			return nil, models.Errorf("bench", models.Internal, "%w", err)
		}
		out = append(out, Photograph{Width: w, Height: h, Data: coded.Bytes()})
	}
	return out, nil
}

// addGrain makes every pixel lighter or darker, all its colours alike.
func addGrain(im *image.RGBA, levels float64, rng *rand.Rand) {
	for i := 0; i < len(im.Pix); i += 4 {
		by := levels * (2*rng.Float64() - 1)
		for c, v := range im.Pix[i : i+3] {
			im.Pix[i+c] = uint8(min(255, max(0, float64(v)+by+0.5)))
		}
	}
}

// scaled resizes by a triangle as wide as the coarser of the two grids: linear
// interpolation where it grows, an average of all pixels where it shrinks.
func scaled(src *image.RGBA, w, h int) *image.RGBA {
	columns, rows := taps(src.Rect.Dx(), w), taps(src.Rect.Dy(), h)
	wide := make([]float32, 4*w*src.Rect.Dy()) // src at its height and the new width
	for y := range src.Rect.Dy() {
		line := src.Pix[y*src.Stride:]
		for x, tap := range columns {
			out := wide[4*(y*w+x):][:4]
			for k, part := range tap.parts {
				for c, v := range line[4*(tap.first+k):][:4] {
					out[c] += part * float32(v)
				}
			}
		}
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	sums := make([]float32, 4*w)
	for y, tap := range rows {
		clear(sums)
		for k, part := range tap.parts {
			for i, v := range wide[4*w*(tap.first+k):][:4*w] {
				sums[i] += part * v
			}
		}
		for i, v := range sums {
			dst.Pix[y*dst.Stride+i] = uint8(v + 0.5) // parts are not negative and sum to 1
		}
	}
	return dst
}

// tap says which pixels of a line a new pixel is made of.
type tap struct {
	first int
	parts []float32 // of first, first+1, ...; their sum is 1
}

func taps(from, to int) []tap {
	step := float64(from) / float64(to)
	reach := max(1, step)
	out := make([]tap, to)
	for i := range out {
		centre := (float64(i)+0.5)*step - 0.5
		first, last := max(0, int(math.Ceil(centre-reach))), min(from-1, int(math.Floor(centre+reach)))
		parts, sum := make([]float32, 0, last-first+1), 0.0
		for k := first; k <= last; k++ {
			part := max(0, 1-math.Abs(float64(k)-centre)/reach)
			parts, sum = append(parts, float32(part)), sum+part
		}
		for k := range parts {
			parts[k] /= float32(sum)
		}
		out[i] = tap{first, parts}
	}
	return out
}

package opencv_test

import (
	"context"
	"image"
	"image/color"
	"testing"

	"oblik/matcher"
)

// BenchmarkExtract is a whole extraction on one thread: of a 250 px photograph
// like LFW's, at each setting the README compares, and of the sample as it is.
func BenchmarkExtract(b *testing.B) {
	small := asJPEG(b, shrunk(photograph(b, "obama.jpg"), 250), 1)
	for _, c := range []struct {
		name     string
		longSide int
		mirror   bool
	}{{"320", 320, false}, {"320mirror", 320, true}, {"640", 640, false}, {"640mirror", 640, true}} {
		p := matcher.DefaultParams()
		p.LongSide, p.Mirror = c.longSide, c.mirror
		pipeline := matcher.NewPipeline(stages(b, p), p, nil)
		b.Run(c.name, func(b *testing.B) { extractAgain(b, pipeline, small) })
	}
	p := matcher.DefaultParams()
	pipeline := matcher.NewPipeline(stages(b, p), p, nil)
	large := asJPEG(b, photograph(b, "obama.jpg"), 1)
	b.Run("1mpx", func(b *testing.B) { extractAgain(b, pipeline, large) })
}

func extractAgain(b *testing.B, p *matcher.Pipeline, photo []byte) {
	for b.Loop() {
		if _, err := p.Extract(context.Background(), photo); err != nil {
			b.Fatal(err)
		}
	}
}

// shrunk averages blocks of pixels, so that the long side is about side.
func shrunk(im image.Image, side int) image.Image {
	n := max(im.Bounds().Dx(), im.Bounds().Dy()) / side
	out := image.NewRGBA(image.Rect(0, 0, im.Bounds().Dx()/n, im.Bounds().Dy()/n))
	for y := range out.Bounds().Dy() {
		for x := range out.Bounds().Dx() {
			var r, g, b uint32
			for i := range n * n {
				pr, pg, pb, _ := im.At(x*n+i%n, y*n+i/n).RGBA()
				r, g, b = r+pr>>8, g+pg>>8, b+pb>>8
			}
			d := uint32(n * n)
			out.Set(x, y, color.RGBA{R: byte(r / d), G: byte(g / d), B: byte(b / d), A: 255})
		}
	}
	return out
}

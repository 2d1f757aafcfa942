package opencv_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"testing"

	"oblik/matcher"
	"oblik/models"

	"gocv.io/x/gocv"
)

func photograph(t testing.TB, name string) image.Image {
	t.Helper()
	data, err := os.ReadFile("../../.cache/photos/" + name)
	if err != nil {
		t.Fatalf("%v (make setup puts the photographs there)", err)
	}
	im, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// moved makes the image that has from(x, y) of im at (x, y).
func moved(im image.Image, w, h int, from func(x, y int) (int, int)) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			fx, fy := from(x, y)
			out.Set(x, y, im.At(fx, fy))
		}
	}
	return out
}

// stored gives the pixels a camera would store for an upright im with an EXIF
// orientation of 1..8.
func stored(im image.Image, orientation int) image.Image {
	w, h := im.Bounds().Dx(), im.Bounds().Dy()
	switch orientation {
	case 2:
		return moved(im, w, h, func(x, y int) (int, int) { return w - 1 - x, y })
	case 3:
		return moved(im, w, h, func(x, y int) (int, int) { return w - 1 - x, h - 1 - y })
	case 4:
		return moved(im, w, h, func(x, y int) (int, int) { return x, h - 1 - y })
	case 5:
		return moved(im, h, w, func(x, y int) (int, int) { return y, x })
	case 6:
		return moved(im, h, w, func(x, y int) (int, int) { return w - 1 - y, x })
	case 7:
		return moved(im, h, w, func(x, y int) (int, int) { return w - 1 - y, h - 1 - x })
	case 8:
		return moved(im, h, w, func(x, y int) (int, int) { return y, h - 1 - x })
	}
	return im
}

// exif is a TIFF block with the orientation alone.
func exif(orientation int) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	b = binary.BigEndian.AppendUint16(b, uint16(orientation))
	return append(b, 0, 0, 0, 0, 0, 0)
}

func asJPEG(t testing.TB, im image.Image, orientation int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, im, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	block := append([]byte("Exif\x00\x00"), exif(orientation)...)
	head := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(block)+2))...)
	return append(append(head, block...), out.Bytes()[2:]...)
}

func asPNG(t testing.TB, im image.Image, orientation int) []byte {
	t.Helper()
	var out bytes.Buffer
	rgb := image.NewNRGBA(im.Bounds())
	draw.Draw(rgb, im.Bounds(), im, im.Bounds().Min, draw.Src)
	if err := png.Encode(&out, rgb); err != nil {
		t.Fatal(err)
	}
	chunk := append([]byte("eXIf"), exif(orientation)...)
	full := binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4))
	full = binary.BigEndian.AppendUint32(append(full, chunk...), crc32.ChecksumIEEE(chunk))
	const ihdr = 33 // the signature and the first chunk
	return append(append(bytes.Clone(out.Bytes()[:ihdr]), full...), out.Bytes()[ihdr:]...)
}

// asWebP writes an extended WebP: OpenCV encodes the picture, the container
// around it is made here.
func asWebP(t testing.TB, im image.Image, orientation int) []byte {
	t.Helper()
	mat, err := gocv.ImageToMatRGB(im)
	if err != nil {
		t.Fatal(err)
	}
	defer mat.Close()
	buf, err := gocv.IMEncodeWithParams(".webp", mat, []int{gocv.IMWriteWebpQuality, 95})
	if err != nil {
		t.Fatal(err)
	}
	defer buf.Close()
	plain := bytes.Clone(buf.GetBytes())
	w, h := im.Bounds().Dx()-1, im.Bounds().Dy()-1
	body := append([]byte("WEBPVP8X\x0a\x00\x00\x00\x08\x00\x00\x00"), byte(w), byte(w>>8), byte(w>>16), byte(h), byte(h>>8), byte(h>>16))
	body = append(body, plain[12:]...)
	block := exif(orientation)
	body = binary.LittleEndian.AppendUint32(append(body, "EXIF"...), uint32(len(block)))
	body = append(body, block...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func vectorOf(t *testing.T, p *matcher.Pipeline, data []byte) ([]float32, error) {
	t.Helper()
	x, err := p.Extract(context.Background(), data)
	if err != nil {
		return nil, err
	}
	return matcher.Vector(x.Template)
}

// One photograph stored in the eight ways EXIF knows, in each format that can
// say so, is one face.
func TestOrientations(t *testing.T) {
	p := matcher.NewPipeline(stages(t, matcher.DefaultParams()), matcher.DefaultParams(), nil)
	im := photograph(t, "obama.jpg")
	for name, encode := range map[string]func(testing.TB, image.Image, int) []byte{"JPEG": asJPEG, "PNG": asPNG, "WebP": asWebP} {
		want, err := vectorOf(t, p, encode(t, im, 1))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for o := 2; o <= 8; o++ {
			got, err := vectorOf(t, p, encode(t, stored(im, o), o))
			if err != nil {
				t.Errorf("%s, orientation %d: %v", name, o, err)
				continue
			}
			if c := cosine(got, want); !(c > 0.98) {
				t.Errorf("%s, orientation %d: cosine %.4f to the upright", name, o, c)
			}
		}
	}
}

// A photograph that lies on its side or its head, and no EXIF that says so, is
// refused: recognisers confuse such faces of different people.
func TestNotUprightIsRefused(t *testing.T) {
	p := matcher.NewPipeline(stages(t, matcher.DefaultParams()), matcher.DefaultParams(), nil)
	for _, name := range []string{"obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"} {
		im := photograph(t, name)
		if _, err := vectorOf(t, p, asJPEG(t, im, 1)); err != nil {
			t.Errorf("%s upright: %v", name, err)
		}
		for _, o := range []int{3, 6, 8} {
			if _, err := vectorOf(t, p, asJPEG(t, stored(im, o), 1)); models.KindOf(err) != models.NotUpright {
				t.Errorf("%s turned as orientation %d: %v", name, o, err)
			}
		}
	}
}

// Nothing of one photograph is left in the detector's input for the next.
func TestPhotographsDoNotMix(t *testing.T) {
	s := stages(t, matcher.DefaultParams())
	tall := image.NewGray(image.Rect(0, 0, 100, 1000))
	draw.Draw(tall, tall.Bounds(), image.NewUniform(color.Gray{Y: 128}), image.Point{}, draw.Src)
	p := matcher.NewPipeline(s, matcher.DefaultParams(), nil)
	if _, err := vectorOf(t, p, asJPEG(t, photograph(t, "obama.jpg"), 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := vectorOf(t, p, asJPEG(t, tall, 1)); models.KindOf(err) != models.NoFace {
		t.Errorf("a grey strip after a portrait: %v", err)
	}
}

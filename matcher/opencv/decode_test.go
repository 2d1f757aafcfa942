package opencv_test

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gocv.io/x/gocv"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/header"
	mt "oblik/matcher/matchertest"
	"oblik/models"
)

// enlarged is a sample photograph scaled to so many pixels in width.
func enlarged(t testing.TB, name string, width int) gocv.Mat {
	t.Helper()
	mat := gocv.IMRead("../../.cache/photos/"+name, gocv.IMReadColor)
	if mat.Empty() {
		t.Fatal("make setup puts the photographs into .cache/photos")
	}
	gocv.Resize(mat, &mat, image.Pt(width, width*mat.Rows()/mat.Cols()), 0, 0, gocv.InterpolationLanczos4)
	t.Cleanup(func() { mat.Close() })
	return mat
}

// encoded is a file of a type; a JPEG is of quality 90 and may have further
// settings.
func encoded(t testing.TB, mat gocv.Mat, extension string, settings ...int) []byte {
	t.Helper()
	var buf *gocv.NativeByteBuffer
	var err error
	if extension == ".jpg" {
		buf, err = gocv.IMEncodeWithParams(gocv.JPEGFileExt, mat, append([]int{gocv.IMWriteJpegQuality, 90}, settings...))
	} else {
		buf, err = gocv.IMEncode(gocv.FileExt(extension), mat)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer buf.Close()
	return bytes.Clone(buf.GetBytes())
}

func checked(t testing.TB, data []byte) header.Info {
	t.Helper()
	info, err := header.Check(data, header.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// decoded gives the pixels and frees the image.
func decoded(d matcher.Decoder, data []byte, info header.Info, shrink int) (pixels []byte, width, height int, err error) {
	im, err := d.Decode(data, info, shrink)
	if err != nil {
		return nil, 0, 0, err
	}
	defer im.Close()
	if im.Shrink != shrink {
		return nil, 0, 0, fmt.Errorf("shrunk by %d, not %d", im.Shrink, shrink)
	}
	return bytes.Clone(im.BGR), im.Width, im.Height, nil
}

// A shrunk JPEG has sides rounded up, and its pixels are the means of those
// they stand for to within a few levels, in each variant.
func TestShrunkJPEG(t *testing.T) {
	d := stages(t, matcher.DefaultParams()).Decoder
	colour := enlarged(t, "obama.jpg", 1001)
	grey := gocv.NewMat()
	defer grey.Close()
	gocv.CvtColor(colour, &grey, gocv.ColorBGRToGray)
	wide := colour.Region(image.Rect(0, 200, 1001, 1163))
	defer wide.Close()
	for name, data := range map[string][]byte{
		"baseline": encoded(t, colour, ".jpg"), "progressive": encoded(t, colour, ".jpg", gocv.IMWriteJpegProgressive, 1),
		"grey": encoded(t, grey, ".jpg"), "1001x963": encoded(t, wide, ".jpg"), "restart markers": encoded(t, colour, ".jpg", 4, 7),
	} {
		info := checked(t, data)
		whole, _, _, err := decoded(d, data, info, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []int{2, 4, 8} {
			got, w, h, err := decoded(d, data, info, s)
			if err != nil || w != face.Shrunk(info.Width, s) || h != face.Shrunk(info.Height, s) {
				t.Errorf("%s at 1/%d: %dx%d, %v", name, s, w, h, err)
				continue
			}
			if off := meanOff(got, w, whole, info.Width, info.Height, s); off > 1 { // 0.5; half a pixel beside it would be 1.6
				t.Errorf("%s at 1/%d: off by %.2f levels on average", name, s, off)
			}
		}
	}
}

// meanOff is the mean difference between the pixels of a shrunk image and the
// means of the whole's; those of the last column and row may be of fewer.
func meanOff(got []byte, width int, whole []byte, w, h, s int) float64 {
	sum := 0.0
	for i, v := range got {
		x, y, n, mean := i/3%width*s, i/3/width*s, 0, 0
		for j := range s * s {
			if px, py := x+j%s, y+j/s; px < w && py < h {
				mean, n = mean+int(whole[3*(py*w+px)+i%3]), n+1
			}
		}
		sum += math.Abs(float64(v) - float64(mean)/float64(n))
	}
	return sum / float64(len(got))
}

// XMP comes in a segment of the kind EXIF does, often before it.
func TestOrientationBehindXMP(t *testing.T) {
	im := photograph(t, "obama.jpg")
	data := mt.AfterSOI(asJPEG(t, im, 6), mt.Segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x/>"))
	_, w, h, err := decoded(stages(t, matcher.DefaultParams()).Decoder, data, checked(t, data), 1)
	if err != nil || w != im.Bounds().Dy() || h != im.Bounds().Dx() {
		t.Errorf("%dx%d, %v", w, h, err)
	}
}

// What is made of a file that passed the header check does not depend on the
// photograph before, whose pixels are still in the decoder's memory, whatever
// is wrong with it.
func TestNothingIsLeftOfThePhotographBefore(t *testing.T) {
	d := stages(t, matcher.DefaultParams()).Decoder
	mat := enlarged(t, "obama.jpg", 300)
	flat := func(v float64) []byte {
		m := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(v, v, v, 0), mat.Rows(), mat.Cols(), gocv.MatTypeCV8UC3)
		defer m.Close()
		return encoded(t, m, ".jpg")
	}
	before := [2][]byte{flat(0), flat(255)}
	read, refused := 0, 0
	for _, ext := range []string{".jpg", ".webp", ".jp2"} { // a PNG has checksums
		sound := encoded(t, mat, ext)
		for i := range 100 {
			data := bytes.Clone(sound)
			if i > 0 {
				data[(len(data)-1)*i/99] ^= byte(i)
			}
			info, err := header.Check(data, header.DefaultLimits())
			if err != nil {
				continue
			}
			var got [2][]byte
			var errs [2]error
			for j := range before {
				if _, _, _, err := decoded(d, before[j], checked(t, before[j]), 1); err != nil {
					t.Fatal(err)
				}
				got[j], _, _, errs[j] = decoded(d, data, info, 1)
			}
			if !bytes.Equal(got[0], got[1]) || (errs[0] == nil) != (errs[1] == nil) {
				t.Errorf("%s, change %d: after black and after white it decodes to different pixels (%v, %v)", ext, i, errs[0], errs[1])
			}
			if errs[0] == nil {
				read++
			} else if refused++; models.KindOf(errs[0]) != models.DamagedImage {
				t.Errorf("%s, change %d: %v", ext, i, errs[0])
			}
		}
	}
	t.Logf("%d were read, %d refused", read, refused)
	if read < 100 || refused == 0 {
		t.Errorf("%d were read and %d refused: too few to tell", read, refused)
	}
}

// A closed image's pixels may be taken by the next one; closing it late must
// not take the next one's.
func TestCloseOfAnEarlierImage(t *testing.T) {
	d := stages(t, matcher.DefaultParams()).Decoder
	data := encoded(t, enlarged(t, "obama.jpg", 300), ".jpg")
	info := checked(t, data)
	want, _, _, err := decoded(d, data, info, 2)
	if err != nil {
		t.Fatal(err)
	}
	first, err := d.Decode(data, info, 1)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Decode(data, info, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	first.Close()
	if !slices.Equal(second.BGR, want) {
		t.Error("the pixels are not those of the second image")
	}
}

// Memory for 25 megapixels goes back when the image is closed.
func TestLargeMemoryIsGivenBack(t *testing.T) {
	d := stages(t, matcher.DefaultParams()).Decoder
	mat := gocv.NewMatWithSize(5000, 5000, gocv.MatTypeCV8UC3)
	data := encoded(t, mat, ".jpg")
	mat.Close()
	im, err := d.Decode(data, checked(t, data), 1)
	if err != nil {
		t.Fatal(err)
	}
	open := resident(t)
	im.Close()
	if back := open - resident(t); back < 60<<20 {
		t.Errorf("%d MiB of 72 went back", back>>20)
	}
}

// resident is the memory of this process, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Fscan(strings.NewReader(string(text)), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

func TestDecodeRefuses(t *testing.T) {
	d := stages(t, matcher.DefaultParams()).Decoder
	sound := mt.JPEG()
	info := header.Info{Format: header.JPEG, Orientation: 1}
	for name, c := range map[string]struct {
		data   []byte
		info   header.Info
		shrink int
		kind   models.Kind
	}{
		"no bytes":      {nil, info, 1, models.EmptyImage},
		"a third":       {sound, info, 3, models.Internal},
		"a shrunk PNG":  {sound, header.Info{Format: header.PNG, Orientation: 1}, 2, models.Internal},
		"orientation 9": {sound, header.Info{Format: header.JPEG, Orientation: 9}, 1, models.Internal},
		"no image":      {[]byte("GIF8"), info, 1, models.DamagedImage},
		// OpenCV throws, which used to end the process
		"65000x65000 pixels": {mt.PNG(mt.IHDR(65000, 65000, 8, 2, 0), mt.Chunk("IDAT", mt.Deflated(100)), mt.Chunk("IEND", "")),
			info, 1, models.DamagedImage},
	} {
		if _, _, _, err := decoded(d, sound, info, 1); err != nil { // what must not be taken for this one's
			t.Fatal(err)
		}
		if im, err := d.Decode(c.data, c.info, c.shrink); im != nil || models.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package opencv_test

import (
	"fmt"
	"testing"

	"gocv.io/x/gocv"

	"oblik/matcher"
)

// BenchmarkDecode is a JPEG of quality 90, with the noise of a camera, decoded
// at each part of its size; of 12 megapixels also a progressive one.
func BenchmarkDecode(b *testing.B) {
	d := stages(b, matcher.DefaultParams()).Decoder
	for _, c := range []struct {
		name  string
		width int
		more  []int
	}{{"250px", 200, nil}, {"1mpx", 895, nil}, {"12mpx", 3100, nil}, {"12mpx-progressive", 3100, []int{gocv.IMWriteJpegProgressive, 1}}} {
		data := encoded(b, noisy(b, enlarged(b, "obama.jpg", c.width)), ".jpg", c.more...)
		info := checked(b, data)
		for _, shrink := range []int{1, 2, 4, 8} {
			b.Run(fmt.Sprintf("%s/%d", c.name, shrink), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					im, err := d.Decode(data, info, shrink)
					if err != nil {
						b.Fatal(err)
					}
					im.Close()
				}
			})
		}
	}
}

// noisy adds noise of 2.5 levels: without it an enlarged photograph codes to
// far fewer bytes than a camera's.
func noisy(b *testing.B, mat gocv.Mat) gocv.Mat {
	b.Helper()
	noise := gocv.NewMatWithSize(mat.Rows(), mat.Cols(), gocv.MatTypeCV8UC3)
	defer noise.Close()
	const mean = 128
	gocv.RandN(&noise, gocv.NewScalar(mean, mean, mean, 0), gocv.NewScalar(2.5, 2.5, 2.5, 0))
	gocv.AddWeighted(mat, 1, noise, 1, -mean, &mat)
	return mat
}

package header_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"oblik/matcher/header"
	mt "oblik/matcher/matchertest"
)

// BenchmarkCheck measures files of about 6 MB, the costliest kinds among them.
func BenchmarkCheck(b *testing.B) {
	noise := image.NewGray(image.Rect(0, 0, 2400, 2400))
	random := rand.NewChaCha8([32]byte{})
	if _, err := random.Read(noise.Pix); err != nil {
		b.Fatal(err)
	}
	jpeg := mt.EncodeJPEG(noise)
	end := len(jpeg) - 2
	fill := strings.Repeat("x", 6<<20-len(mt.JP2())-64)
	lossy := mt.LossyWebP()
	grown := slices.Concat(lossy[20:], []byte(fill))
	stream := slices.Clone(mt.JP2()[0x55:])
	sot := bytes.Index(stream, []byte("\xff\x90"))
	binary.BigEndian.PutUint32(stream[sot+6:], uint32(len(stream)-sot-2+len(fill)))
	jp2c := string(slices.Insert(stream, len(stream)-2, []byte(fill)...))
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"JPEG", jpeg},
		{"JPEG of stuffed bytes alone", slices.Concat(jpeg[:end], bytes.Repeat([]byte("\xff\x00"), (6<<20-len(jpeg))/2), []byte("\xff\xd9"))},
		{"JPEG of 1.5 million segments", mt.AfterSOI(mt.JPEG(), bytes.Repeat([]byte("\xff\xfe\x00\x02"), 3<<19-2000))},
		{"JPEG of 5,000 scans", mt.ProgressiveJPEG(5000)},
		{"PNG", mt.EncodePNG(noise)},
		{"WebP", mt.RIFF(mt.RIFFChunk("VP8 ", string(grown)))},
		{"JPEG 2000", slices.Concat(mt.JP2()[:0x4D], mt.Box("jp2c", jp2c))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.data)))
			b.ReportAllocs()
			var err error
			for b.Loop() {
				_, err = header.Check(c.data, header.DefaultLimits())
			}
			if err != nil {
				b.Log(err)
			}
		})
	}
}

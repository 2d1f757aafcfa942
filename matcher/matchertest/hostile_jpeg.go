package matchertest

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"strings"

	"oblik/models"
)

// Gradient is a picture without a face: colours that change along both sides,
// with a little texture so that it does not compress to nothing.
func Gradient(width, height int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			//nolint:gosec // masked to a byte
			m.SetRGBA(x, y, color.RGBA{uint8(x * 255 / width), uint8(y * 255 / height), uint8((x * y) & 63), 255})
		}
	}
	return m
}

// EncodeJPEG gives a baseline JPEG in 4:2:0 as Go's encoder makes it.
func EncodeJPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		panic(err) // of writing to memory
	}
	return b.Bytes()
}

// JPEG is a gradient of 160x120.
func JPEG() []byte { return EncodeJPEG(Gradient(160, 120)) }

// Segment is a JPEG marker segment: 0xFF, marker, length, body.
func Segment(marker byte, body string) []byte {
	n := binary.BigEndian.AppendUint16(nil, uint16(len(body)+2)) //nolint:gosec // bodies are short
	return slices.Concat([]byte{0xFF, marker}, n, []byte(body))
}

// AfterSOI puts segments behind the first marker of a JPEG.
func AfterSOI(jpeg []byte, segments ...[]byte) []byte {
	return slices.Concat(jpeg[:2], slices.Concat(segments...), jpeg[2:])
}

// ProgressiveJPEG is a grey progressive JPEG of 16x16 with n scans.
func ProgressiveJPEG(n int) []byte {
	scan := slices.Concat(Segment(0xDA, "\x01\x01\x00\x00\x00\x00"), []byte{0x00})
	return slices.Concat([]byte("\xff\xd8"),
		Segment(0xDB, "\x00"+strings.Repeat("\x01", 64)),
		Segment(0xC2, "\x08\x00\x10\x00\x10\x01\x01\x11\x00"),
		Segment(0xC4, "\x00\x01"+strings.Repeat("\x00", 15)+"\x00"),
		bytes.Repeat(scan, n), []byte("\xff\xd9"))
}

// hostileJPEG breaks a sound JPEG in the ways of its headers.
func hostileJPEG() []HostileFile {
	const damaged, large, encoding, truncated = models.DamagedImage, models.LargeImage, models.EncodingImage, models.TruncatedImage
	good := JPEG()
	sof := bytes.Index(good, []byte("\xff\xc0"))
	sos := bytes.Index(good, []byte("\xff\xda"))
	frame := good[sof : sof+19]
	end := len(good) - 2
	cmyk := Segment(0xC0, "\x08\x00\x78\x00\xa0\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00")
	tooBig := func(w, h uint16) []byte {
		return patch(good, sof+5, byte(h>>8), byte(h&255), byte(w>>8), byte(w&255))
	}
	files := slices.Concat(
		row(4, []sample{
			{"JPEG cut at 50 %", good[:len(good)/2], truncated},
			{"JPEG cut to 700 bytes", good[:700], truncated},
			{"JPEG without its last 2 bytes", good[:end], truncated},
			{"JPEG cut, then filled with zeros", patch(good, len(good)/2, make([]byte, len(good))...), truncated},
		}),
		row(6, []sample{
			{"JPEG of height 0", tooBig(160, 0), damaged},
			{"JPEG of width 0", tooBig(0, 120), damaged},
			{"JPEG with two SOFs", slices.Insert(slices.Clone(good), sof, frame...), damaged},
			{"JPEG with an SOF after SOS", slices.Insert(slices.Clone(good), end, frame...), damaged},
			{"JPEG without SOF", slices.Delete(slices.Clone(good), sof, sof+19), damaged},
			{"JPEG without a scan", slices.Delete(slices.Clone(good), sos, end), damaged},
			{"JPEG with an empty scan", slices.Delete(slices.Clone(good), sos+14, end), damaged},
			{"JPEG with sampling factor 5", patch(good, sof+11, 0x51), damaged},
			{"JPEG with Huffman table 4", AfterSOI(good, Segment(0xC4, "\x04"+strings.Repeat("\x00", 16))), damaged},
			{"JPEG with a Huffman table of 4,080 codes", AfterSOI(good, Segment(0xC4, "\x00"+strings.Repeat("\xff", 16))), damaged},
			{"JPEG with quantisation table 4", AfterSOI(good, Segment(0xDB, "\x04"+strings.Repeat("\x01", 64))), damaged},
			{"JPEG with a segment of length 1", AfterSOI(good, []byte("\xff\xfe\x00\x01")), damaged},
		}),
		row(7, []sample{
			{"JPEG that claims 16000x16000", tooBig(16000, 16000), large},
			{"JPEG that claims 65500x65500", tooBig(65500, 65500), large},
			{"JPEG that claims 8192x3052, 0.002 megapixels too many", tooBig(8192, 3052), large},
			{"JPEG of few bytes that claims 5000x5000", tooBig(5000, 5000), large},
		}),
		row(8, []sample{
			{"JPEG with 41 scans", ProgressiveJPEG(41), damaged},
			{"JPEG with 5,000 scans", ProgressiveJPEG(5000), damaged},
		}),
		row(9, []sample{
			{"JPEG in CMYK", slices.Replace(slices.Clone(good), sof, sof+19, cmyk...), encoding},
			{"JPEG of 12 bits", patch(good, sof+4, 12), encoding},
			{"JPEG arithmetic-coded", patch(good, sof+1, 0xC9), encoding},
			{"JPEG lossless", patch(good, sof+1, 0xC3), encoding},
			{"JPEG hierarchical", AfterSOI(good, Segment(0xDE, "\x08\x00\x78\x00\xa0\x01\x01\x11\x00")), encoding},
			{"JPEG-LS", patch(good, sof+1, 0xF7), encoding},
		}),
		row(10, []sample{
			{"JPEG in a JPEG", slices.Concat(good, good), encoding},
			{"JPEG with 64 kB and a byte of padding", slices.Concat(good, make([]byte, 64<<10+1)), damaged},
		}),
		row(23, []sample{
			{"JPEG of 15x120", tooBig(15, 120), models.SmallImage},
		}),
	)
	for name, head := range map[string]string{"ZIP": "PK\x03\x04", "PNG": pngMagic, "PE": "MZ\x90\x00"} {
		files = append(files, HostileFile{10, "JPEG and a " + name, slices.Concat(good, []byte(head), make([]byte, 64)), damaged})
	}
	return files
}

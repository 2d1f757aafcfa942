package header_test

import (
	"bytes"
	"image"
	"image/color/palette"
	"slices"
	"strings"
	"sync"

	"oblik/matcher/header"
	mt "oblik/matcher/matchertest"
)

// file is one that Check accepts.
type file struct {
	name   string
	data   []byte
	want   header.Info
	padded bool // a shorter one is right too
}

// info is that of an upright file of 8 bits.
func info(f header.Format, width, height, components int) header.Info {
	return header.Info{Format: f, Width: width, Height: height, Components: components, BitDepth: 8, Orientation: 1}
}

// bits is an Info with another depth.
func bits(i header.Info, depth int) header.Info { i.BitDepth = depth; return i }

// turned is an Info with another orientation.
func turned(i header.Info, orientation int) header.Info { i.Orientation = orientation; return i }

// accepted are files of every documented variant; they are not to be changed.
var accepted = sync.OnceValue(func() []file {
	return slices.Concat(acceptedJPEG(), acceptedPNG(), acceptedWebP(), acceptedJP2())
})

func acceptedJPEG() []file {
	colour, grey := mt.JPEG(), mt.EncodeJPEG(image.NewGray(image.Rect(0, 0, 31, 31)))
	want := info(header.JPEG, 160, 120, 3)
	comments := bytes.Repeat(mt.Segment(0xFE, strings.Repeat("c", 65533)), 50)
	profile := bytes.Repeat(mt.Segment(0xE2, "ICC_PROFILE\x00"+strings.Repeat("p", 60000)), 20)
	end := len(colour) - 2
	return []file{
		{name: "JPEG in colour", data: colour, want: want},
		{name: "JPEG in grey, 31x31", data: grey, want: info(header.JPEG, 31, 31, 1)},
		{name: "JPEG all black", data: mt.EncodeJPEG(image.NewGray(image.Rect(0, 0, 1000, 1000))), want: info(header.JPEG, 1000, 1000, 1)},
		{name: "JPEG extended", data: bytes.Replace(colour, []byte("\xff\xc0"), []byte("\xff\xc1"), 1), want: want},
		{name: "JPEG progressive, 40 scans", data: mt.ProgressiveJPEG(40), want: info(header.JPEG, 16, 16, 1)},
		{name: "JPEG with 3 MB of comments", data: mt.AfterSOI(colour, comments), want: want},
		{name: "JPEG with 1 MB of ICC profile", data: mt.AfterSOI(colour, profile), want: want},
		{name: "JPEG with an ICC profile of one byte", data: mt.AfterSOI(colour, mt.Segment(0xE2, "I")), want: want},
		{name: "JPEG with restart markers and fill bytes",
			data: slices.Concat(mt.AfterSOI(colour[:end], mt.Segment(0xDD, "\x00\x01"), []byte("\xff\xff")), []byte("\xff\xd0\xff\xff\xff\xd9")), want: want},
		{name: "JPEG with EXIF", data: mt.AfterSOI(colour, exif(6)), want: turned(want, 6)},
		{name: "JPEG with a thumbnail in its EXIF", data: mt.AfterSOI(colour, mt.Segment(0xE1, "Exif\x00\x00"+string(grey))), want: want},
		{name: "JPEG padded with zeros", data: slices.Concat(colour, make([]byte, header.MaxPadding)), want: want, padded: true},
		{name: "JPEG padded with FF", data: slices.Concat(colour, bytes.Repeat([]byte{0xFF}, 100)), want: want, padded: true},
	}
}

func acceptedPNG() []file {
	colours := image.NewPaletted(image.Rect(0, 0, 40, 30), palette.Plan9)
	bilevel := image.NewPaletted(image.Rect(0, 0, 40, 30), palette.Plan9[:2])
	want := info(header.PNG, 32, 32, 1)
	grey, pixels := mt.IHDR(32, 32, 8, 0, 0), mt.Chunk("IDAT", mt.Deflated(32*33))
	tiff := string(exif(8)[10:])
	return []file{
		{name: "PNG in RGB", data: mt.EncodePNG(mt.Gradient(64, 48)), want: info(header.PNG, 64, 48, 3)},
		{name: "PNG of 16x16", data: mt.EncodePNG(mt.Gradient(16, 16)), want: info(header.PNG, 16, 16, 3)},
		{name: "PNG with a palette", data: mt.EncodePNG(colours), want: info(header.PNG, 40, 30, 3)},
		{name: "PNG with a palette of 1 bit", data: mt.EncodePNG(bilevel), want: bits(info(header.PNG, 40, 30, 3), 1)},
		{name: "PNG all black, 8192x512", data: mt.PNG(mt.IHDR(8192, 512, 8, 0, 0), mt.Chunk("IDAT", mt.Deflated(512*8193))), want: info(header.PNG, 8192, 512, 1)},
		{name: "PNG in grey", data: mt.PNG(grey, pixels), want: want},
		{name: "PNG in grey of 1 bit", data: mt.PNG(mt.IHDR(32, 32, 1, 0, 0), pixels), want: bits(want, 1)},
		{name: "PNG interlaced", data: mt.PNG(mt.IHDR(32, 32, 8, 0, 1), mt.Chunk("IDAT", mt.Deflated(32*32+60))), want: want},
		{name: "PNG of several IDATs", data: mt.PNG(grey, pixels, pixels), want: want},
		{name: "PNG with a text that inflates to 8 MB", data: mt.PNG(grey, mt.Chunk("zTXt", "Comment\x00\x00"+mt.Deflated(8_000_000)), pixels), want: want},
		{name: "PNG with an ICC profile", data: mt.PNG(grey, mt.Chunk("iCCP", "icc\x00\x00"+mt.Deflated(3000)), pixels), want: want},
		{name: "PNG with plain text", data: mt.PNG(grey, mt.Chunk("tEXt", "Comment\x00"+strings.Repeat("c", 100_000)), pixels), want: want},
		{name: "PNG with EXIF", data: mt.PNG(grey, mt.Chunk("eXIf", tiff), pixels), want: turned(want, 8)},
	}
}

func acceptedWebP() []file {
	lossy, lossless := mt.LossyWebP(), mt.LosslessWebP()
	want := info(header.WebP, 64, 48, 3)
	tiff := string(exif(3)[10:])
	return []file{
		{name: "WebP lossy", data: lossy, want: want},
		{name: "WebP lossless", data: lossless, want: want},
		{name: "WebP extended", want: turned(want, 3), data: mt.RIFF(mt.VP8X(0x2C, 64, 48), mt.RIFFChunk("ICCP", "odd"), lossy[12:],
			mt.RIFFChunk("EXIF", tiff), mt.RIFFChunk("XMP ", "<x/>"), mt.RIFFChunk("TEST", "unknown"))},
		{name: "WebP extended, lossless", data: mt.RIFF(mt.VP8X(0, 64, 48), lossless[12:]), want: want},
		{name: "WebP padded", data: slices.Concat(lossy, []byte{0}), want: want, padded: true},
	}
}

func acceptedJP2() []file {
	colour, tiled := mt.JP2(), mt.TiledJP2()
	want := info(header.JPEG2000, 32, 32, 3)
	stream := string(colour[0x55:])
	head := colour[:0x4D]
	long := slices.Concat([]byte("\x00\x00\x00\x01jp2c\x00\x00\x00\x00\x00\x00\x00"), []byte{byte(len(stream) + 16)}, []byte(stream))
	return []file{
		{name: "JP2 in colour", data: colour, want: want},
		{name: "JP2 in grey and four tiles", data: tiled, want: info(header.JPEG2000, 32, 32, 1)},
		{name: "JP2 with precincts of 128", data: mt.JP2With([]byte("\xff\x52\x00\x0e\x01\x00\x00\x01\x00\x01\x04\x04\x00\x00\x66\x77"), true), want: want},
		{name: "JP2 with the code-block styles that cost nothing", data: mt.JP2With([]byte("\xff\x52\x00\x0c\x00\x00\x00\x01\x00\x01\x04\x04\x3a\x00"), true), want: want},
		{name: "JP2 with a colour of its own", data: mt.JP2With([]byte("\xff\x53\x00\x09\x01\x00\x01\x04\x04\x00\x01"), false), want: want},
		{name: "JP2 with a box to the end", data: slices.Concat(head, []byte("\x00\x00\x00\x00jp2c"), []byte(stream)), want: want},
		{name: "JP2 with a box of 64-bit length", data: slices.Concat(head, long), want: want},
		{name: "JP2 with XML before its picture", data: slices.Concat(head, mt.Box("xml ", "<x/>"), colour[0x4D:]), want: want},
		{name: "JP2 with XML behind its picture", data: slices.Concat(colour, mt.Box("xml ", "<x/>")), want: want, padded: true},
		{name: "JP2 padded", data: slices.Concat(colour, make([]byte, 100)), want: want, padded: true},
	}
}

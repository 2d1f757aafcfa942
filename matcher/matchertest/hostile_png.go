package matchertest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"slices"
	"strings"

	"oblik/models"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// Chunk is a PNG chunk with its right checksum.
func Chunk(name, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body))) //nolint:gosec // at most a few MB
	b = append(b, name+body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// PNG is a file of the chunks given, between the signature and IEND.
func PNG(chunks ...[]byte) []byte {
	return slices.Concat([]byte(pngMagic), slices.Concat(chunks...), Chunk("IEND", ""))
}

// IHDR is a PNG's header chunk.
func IHDR(width, height uint32, depth, colour, interlace byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, width)
	b = binary.BigEndian.AppendUint32(b, height)
	return Chunk("IHDR", string(append(b, depth, colour, 0, 0, interlace)))
}

// Deflated is n zero bytes as a zlib stream.
func Deflated(n int) string {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err == nil {
		_, err = w.Write(make([]byte, n))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // of writing to memory
	}
	return b.String()
}

// EncodePNG gives a PNG as Go's encoder makes it.
func EncodePNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err) // of writing to memory
	}
	return b.Bytes()
}

// hostilePNG holds the bombs and the unsound or unaccepted variants of PNG.
func hostilePNG() []HostileFile {
	const damaged, large, encoding, truncated = models.DamagedImage, models.LargeImage, models.EncodingImage, models.TruncatedImage
	good := EncodePNG(Gradient(64, 48))
	nothing, pixels := Chunk("IDAT", Deflated(0)), Chunk("IDAT", Deflated(32*(1+32*8)))
	grey, palette := IHDR(32, 32, 8, 0, 0), IHDR(32, 32, 8, 3, 0)
	bomb := Chunk("zTXt", "Comment\x00\x00"+Deflated(8_000_000))
	return slices.Concat(
		row(10, []sample{
			{"PNG and a ZIP", slices.Concat(good, []byte("PK\x03\x04")), damaged},
		}),
		row(14, []sample{
			{"PNG of 65 bytes that claims 65000x65000", PNG(IHDR(65000, 65000, 8, 0, 0), nothing), large},
			{"PNG that claims 65000x16000", PNG(IHDR(65000, 16000, 8, 0, 0), nothing), large},
			{"PNG that claims 4294967295x1", PNG(IHDR(1<<32-1, 1, 8, 0, 0), nothing), large},
			{"PNG of 0x0", PNG(IHDR(0, 0, 8, 0, 0), nothing), damaged},
		}),
		row(15, []sample{
			{"PNG with a wrong CRC", patch(good, len(good)-20, good[len(good)-20]^1), damaged},
			{"PNG without IEND", good[:len(good)-12], truncated},
			{"PNG cut at 50 %", good[:len(good)/2], truncated},
			{"PNG of 8 kB that inflates to 192 MB", PNG(IHDR(8000, 8000, 1, 0, 0), Chunk("IDAT", Deflated(8000*1001))), large},
			{"PNG of 3 kB that inflates to 75 MB", PNG(IHDR(5000, 5000, 1, 0, 0), Chunk("IDAT", Deflated(5000*626))), large},
			{"PNG with a chunk of 4 GB", slices.Concat(good[:33], []byte("\xff\xff\xff\xffIDAT")), truncated},
		}),
		row(16, []sample{
			{"PNG of 16 bits", PNG(IHDR(32, 32, 16, 2, 0), pixels), encoding},
			{"PNG with alpha", PNG(IHDR(32, 32, 8, 6, 0), pixels), encoding},
			{"PNG in grey with alpha", PNG(IHDR(32, 32, 8, 4, 0), pixels), encoding},
			{"PNG with a transparent colour", PNG(grey, Chunk("tRNS", "\x00\x00"), pixels), encoding},
			{"PNG animated", PNG(grey, Chunk("acTL", "\x00\x00\x00\x02\x00\x00\x00\x00"), pixels), encoding},
			{"PNG of 3 bits", PNG(IHDR(32, 32, 3, 0, 0), pixels), damaged},
			{"PNG in RGB of 4 bits", PNG(IHDR(32, 32, 4, 2, 0), pixels), damaged},
			{"PNG of interlace 2", PNG(IHDR(32, 32, 8, 0, 2), pixels), damaged},
			{"PNG with two IHDRs", PNG(grey, grey, pixels), damaged},
			{"PNG without IHDR", PNG(pixels), damaged},
			{"PNG of a phone's own kind (CgBI)", PNG(Chunk("CgBI", "\x50\x00\x20\x02"), grey, pixels), damaged},
			{"PNG without IDAT", PNG(grey), damaged},
			{"PNG with IDATs apart", PNG(grey, pixels, Chunk("tEXt", "a\x00b"), pixels), damaged},
			{"PNG without its palette", PNG(palette, pixels), damaged},
			{"PNG with a palette of 257", PNG(palette, Chunk("PLTE", strings.Repeat("abc", 257)), pixels), damaged},
			{"PNG with an unknown critical chunk", PNG(grey, Chunk("ABCD", ""), pixels), damaged},
		}),
		row(17, []sample{
			{"PNG whose text inflates to 80 MB", PNG(grey, bytes.Repeat(bomb, 10), pixels), large},
		}),
		row(23, []sample{
			{"PNG of 1x1", EncodePNG(Gradient(1, 1)), models.SmallImage},
			{"PNG of 8192x1", EncodePNG(Gradient(8192, 1)), models.SmallImage},
			{"PNG of 1x8192", EncodePNG(Gradient(1, 8192)), models.SmallImage},
		}),
	)
}

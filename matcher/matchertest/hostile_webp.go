package matchertest

import (
	"encoding/binary"
	"slices"

	"oblik/models"
)

// LossyWebP and LosslessWebP are gradients of 64x48 as libwebp 1.6 makes them.
func LossyWebP() []byte {
	return unbase64("UklGRooAAABXRUJQVlA4IH4AAAAwBACdASpAADAAPzmIu1U/qKY/rUgD8CcJZAC82BPLOHnhEDv/Mu//+5AA/vH2v/nJTt/UXTTX" +
		"KU+LVWTElqBrWfoVaX7P9JC2iAQmijDV3c6D9SjmZ0O3vL0ckmz9xfRiZekuPtfvjImfxqpElV97E4nE6JbTruxHXpaIAAA=")
}

// LosslessWebP is said at [LossyWebP].
func LosslessWebP() []byte {
	return unbase64("UklGRjwAAABXRUJQVlA4TDAAAAAvP8ALAM1lRP9jIRZM5s/dFUEhBrz/EyD9gZq2DZhO/sD7VwSStnjbHzEBAF8v9x0=")
}

// RIFFChunk is a chunk of a WebP, padded to an even length.
func RIFFChunk(name, body string) []byte {
	b := append([]byte(name), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...) //nolint:gosec // bodies are short
	b = append(b, body...)
	return append(b, make([]byte, len(body)&1)...)
}

// RIFF is a WebP file of the chunks given.
func RIFF(chunks ...[]byte) []byte {
	body := slices.Concat(chunks...)
	n := binary.LittleEndian.AppendUint32(nil, uint32(4+len(body))) //nolint:gosec // bodies are short
	return slices.Concat([]byte("RIFF"), n, []byte("WEBP"), body)
}

// VP8X is the header chunk of an extended WebP of up to 65,536 pixels a side.
func VP8X(flags byte, width, height int) []byte {
	w, h := width-1, height-1
	return RIFFChunk("VP8X", string([]byte{flags, 0, 0, 0, byte(w & 255), byte(w >> 8 & 255), 0, byte(h & 255), byte(h >> 8 & 255), 0}))
}

// vp8l is a lossless picture's header with no pixels behind it.
func vp8l(width, height, alphaAndVersion uint32) []byte {
	bits := binary.LittleEndian.AppendUint32([]byte{0x2F}, width-1|(height-1)<<14|alphaAndVersion<<28)
	return RIFFChunk("VP8L", string(bits)+"\x88\x88\x08")
}

// hostileWebP holds the bombs and the unsound or unaccepted variants of WebP.
func hostileWebP() []HostileFile {
	const damaged, large, encoding, truncated = models.DamagedImage, models.LargeImage, models.EncodingImage, models.TruncatedImage
	lossy, lossless := LossyWebP(), LosslessWebP()
	picture := lossy[12:]
	frame := RIFFChunk("ANMF", string(make([]byte, 16))+string(picture))
	return slices.Concat(
		row(10, []sample{
			{"WebP and a ZIP", slices.Concat(lossless, []byte("PK\x03\x04")), damaged},
		}),
		row(20, []sample{
			{"WebP cut at 50 %", lossy[:len(lossy)/2], truncated},
			{"WebP without its last 2 bytes", lossy[:len(lossy)-2], truncated},
			{"WebP animated", RIFF(VP8X(0x02, 64, 48), RIFFChunk("ANIM", string(make([]byte, 6))), frame), encoding},
			{"WebP animated in secret", RIFF(VP8X(0, 64, 48), picture, frame), encoding},
			{"WebP with alpha", RIFF(VP8X(0x10, 64, 48), RIFFChunk("ALPH", "\x00\x00"), picture), encoding},
			{"WebP with an alpha channel in secret", RIFF(VP8X(0, 64, 48), RIFFChunk("ALPH", "\x00\x00"), picture), encoding},
			{"WebP lossless with alpha", RIFF(vp8l(64, 48, 1)), encoding},
			{"WebP lossless of version 1", RIFF(vp8l(64, 48, 2)), damaged},
			{"WebP whose canvas is larger than its picture", RIFF(VP8X(0, 640, 480), picture), damaged},
			{"WebP of two pictures", RIFF(VP8X(0, 64, 48), picture, picture), damaged},
			{"WebP without a picture", RIFF(VP8X(0, 64, 48)), damaged},
			{"WebP with its header last", RIFF(picture, VP8X(0, 64, 48)), damaged},
			{"WebP that claims 16384x16384", RIFF(vp8l(16384, 16384, 0)), large},
			{"WebP of 40 bytes that claims 5000x5000", RIFF(vp8l(5000, 5000, 0)), large},
			{"WebP of 0x48", patch(lossy, 26, 0, 0), damaged},
			{"WebP that is not a key frame", patch(lossy, 20, lossy[20]|1), damaged},
			{"WebP with a partition beyond its chunk", patch(lossy, 22, 0xFF), damaged},
			{"WebP with a chunk beyond the file", patch(lossy, 16, 0xFF), damaged},
			{"WebP of length 0", patch(lossless, 4, 0, 0, 0, 0), damaged},
		}),
		row(23, []sample{
			{"WebP of 8x8", RIFF(vp8l(8, 8, 0)), models.SmallImage},
		}),
	)
}

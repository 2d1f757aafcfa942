package matchertest

import (
	"encoding/binary"
	"slices"

	"oblik/models"
)

const jp2Magic = "\x00\x00\x00\x0cjP  \r\n\x87\n"

// JP2 is a gradient of 32x32 in RGB as OpenJPEG 2.5 makes it: signature, ftyp,
// jp2h with ihdr and colr, jp2c.
func JP2() []byte {
	return unbase64("AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAIAAAACAAAwcHAAAAAAAPY29scgEAAAAAABAAAACr" +
		"anAyY/9P/1EALwAAAAAAIAAAACAAAAAAAAAAAAAAACAAAAAgAAAAAAAAAAAAAwcBAQcBAQcBAf9SAAwAAAABAAEEBAAA/1wAC0JIJFfTV9NX" +
		"Yv9kACUAAUNyZWF0ZWQgYnkgT3BlbkpQRUcgdmVyc2lvbiAyLjUuNP+QAAoAAAAAACwAAf+TzLARUEJD58KNrxfo8sywEVBUk0/f9ee0iGeA" +
		"gICA/9k=")
}

// TiledJP2 is a grey gradient of 32x32 in four tiles of 16x16.
func TiledJP2() []byte {
	return unbase64("AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAIAAAACAAAQcHAAAAAAAPY29scgEAAAAAABEAAAEr" +
		"anAyY/9P/1EAKQAAAAAAIAAAACAAAAAAAAAAAAAAABAAAAAQAAAAAAAAAAAAAQcBAf9SAAwAAAABAAIEBAAA/1wAEUJfUlAFUAVQR1fTV9NX" +
		"Yv9kACUAAUNyZWF0ZWQgYnkgT3BlbkpQRUcgdmVyc2lvbiAyLjUuNP+QAAoAAAAAACsAAf+Tx9I4EVAU6KWtXdrObPrqU17AcHAcGCIYIwN+" +
		"JoD/kAAKAAEAAAArAAH/k8PmHBDbCtkKxFX4034anDU4wHBwHBgiGCMDfiaA/5AACgACAAAAKwAB/5PD5hwQ2wrZCsRV+NN+Gpw1OMBwcBwY" +
		"IhgjA34mgP+QAAoAAwAAACsAAf+Tx9I4GhmL37n1cap820ScvDvAcHAcGCIYIwN+JoD/2Q==")
}

// bombJP2 is what OpenCV writes for an all-black picture of 8000x8000 at a
// thousandth of its size: 421 bytes for 64 megapixels.
func bombJP2() []byte {
	return unbase64("AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAfQAAAH0AAAQcHAAAAAAAPY29scgEAAAAAABEAAAFY" +
		"anAyY/9P/1EAKQAAAAAfQAAAH0AAAAAAAAAAAAAAH0AAAB9AAAAAAAAAAAAAAQcBAf9SAAwAAAABAAUEBAAB/1wAE0BASEhQSEhQSEhQSEhQ" +
		"SEhQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS4z/5AACgAAAAAA1wAB/5P394V+8K/3hX7wr94V+8K/eFfvCv88K/eF" +
		"f7wr94V+8J/eE/vCf3hIEVBUr/9/6YlgfxFQVK//f+mJYH8RUFSv/3/piWB/EVBUr/9/3IyIfxFQVK//f+mJYH8RUFSv/3/piWB/EVBUr/9/" +
		"6YlgfxFQVK//f9yMiH8RUFSv/3/piWB/EVBUr/9/6YlgfxFQVK//f+mJYH8RUFSv/3/cjIh/EVBUr/9/q2kREVBUr/9/q2kREVBUr/9/q2kR" +
		"EVBUr/9//3rGgICAgID/2Q==")
}

// Positions in JP2().
const (
	atBrand, atHeader, atIHDR, atColour = 0x14, 0x20, 0x30, 0x4C
	atStream, atSOC, atSIZ, atCOD       = 0x4D, 0x55, 0x57, 0x88
)

// jp2Sized is JP2() with another size in both its headers, and tiles.
func jp2Sized(width, height, tile uint32) []byte {
	b := JP2()
	be := binary.BigEndian
	be.PutUint32(b[atIHDR:], height)
	be.PutUint32(b[atIHDR+4:], width)
	be.PutUint32(b[atSIZ+6:], width)
	be.PutUint32(b[atSIZ+10:], height)
	be.PutUint32(b[atSIZ+22:], tile)
	be.PutUint32(b[atSIZ+26:], tile)
	return b
}

// Box is a JP2 box with a length of 32 bits.
func Box(name, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)+8)) //nolint:gosec // bodies are short
	return append(b, name+body...)
}

// inHeader puts a box behind the others in JP2()'s jp2h.
func inHeader(box []byte) []byte {
	b := slices.Insert(JP2(), atStream, box...)
	b[atHeader+3] += byte(len(box) & 255)
	return b
}

// JP2With is JP2() with a marker segment behind SIZ, and without its COD when
// told so.
func JP2With(segment []byte, dropCOD bool) []byte {
	good := JP2()
	rest := good[atCOD:]
	if dropCOD {
		rest = rest[14:]
	}
	return slices.Concat(good[:atStream], Box("jp2c", string(slices.Concat(good[atSOC:atCOD], segment, rest))))
}

// hostileJP2 holds the bombs and the unsound or unaccepted variants of JPEG
// 2000.
func hostileJP2() []HostileFile {
	const damaged, large, encoding, truncated = models.DamagedImage, models.LargeImage, models.EncodingImage, models.TruncatedImage
	good := JP2()
	return slices.Concat(
		row(10, []sample{
			{"JP2 and a ZIP", slices.Concat(good, []byte("PK\x03\x04")), damaged},
		}),
		row(18, []sample{
			{"JP2 of 421 bytes and 64 megapixels", bombJP2(), large},
			{"JP2 of 248 bytes that claims 5000x5000", jp2Sized(5000, 5000, 5000), large},
			{"JP2 whose SIZ is not its ihdr", patch(good, atSIZ+8, 0x20, 0), damaged},
			{"JP2 of 65,535 tiles", jp2Sized(4080, 4112, 16), large},
			{"JP2 of 4,096 tiles of one pixel", jp2Sized(64, 64, 1), large},
			{"JP2 of tiles of no size", jp2Sized(32, 32, 0), damaged},
			{"JP2 of four tiles that holds one", jp2Sized(64, 64, 32), damaged},
			{"JP2 of 0x0", jp2Sized(0, 0, 32), damaged},
			{"JP2 of 16,384 components", patch(good, atIHDR+8, 0x40, 0), encoding},
			{"JP2 whose SIZ has other components", patch(good, atSIZ+38, 0x40, 0), damaged},
			{"JP2 of 38 bits", patch(good, atIHDR+10, 37), encoding},
			{"JP2 of 38 bits in its SIZ", patch(good, atSIZ+40, 37), encoding},
			{"JP2 of 65,535 layers", patch(good, atCOD+6, 0xFF, 0xFF), encoding},
			{"JP2 with code-blocks of 4x4", patch(good, atCOD+10, 0, 0), encoding},
			{"JP2 with bypassed coding (lazy)", patch(good, atCOD+12, 0x01), encoding},
			{"JP2 with every pass terminated", patch(good, atCOD+12, 0x04), encoding},
			{"JP2 with every pass terminated and other styles", patch(good, atCOD+12, 0x3E), encoding},
			{"JP2 with a colour of its own whose passes are terminated", JP2With([]byte("\xff\x53\x00\x09\x01\x00\x01\x04\x04\x04\x01"), false), encoding},
			{"JP2 of 33 levels", patch(good, atCOD+9, 33), damaged},
			{"JP2 with precincts of one pixel", JP2With([]byte("\xff\x52\x00\x0e\x01\x00\x00\x01\x00\x01\x04\x04\x00\x00\x00\x11"), true), encoding},
		}),
		row(19, []sample{
			{"JP2 with alpha", patch(good, atIHDR+9, 4), encoding},
			{"JP2 cut at 50 %", good[:len(good)/2], truncated},
			{"JP2 without its last 2 bytes", good[:len(good)-2], truncated},
			{"JP2 without EOC, its box to the end", patch(good[:len(good)-2], atStream, 0, 0, 0, 0), truncated},
			{"JP2 with a box of length 7", patch(good, 15, 7), damaged},
			{"JPEG 2000 code-stream alone", good[atSOC:], encoding},
			{"JPX", patch(good, atBrand, []byte("jpx ")...), encoding},
			{"HTJ2K by its SIZ", patch(good, atSIZ+4, 0x40), encoding},
			{"HTJ2K by its CAP", JP2With([]byte("\xff\x50\x00\x08\x00\x02\x00\x00\x00\x00"), false), encoding},
			{"HTJ2K by its code-blocks", patch(good, atCOD+12, 0x40), encoding},
			{"JP2 with a palette", inHeader(Box("pclr", "\x00\x01\x03\x07\x07\x07\x00\x00\x00")), encoding},
			{"JP2 with its third colour as alpha", inHeader(Box("cdef", "\x00\x03\x00\x00\x00\x00\x00\x01\x00\x01\x00\x00\x00\x02\x00\x02\x00\x01\x00\x00")), encoding},
			{"JP2 in sYCC", patch(good, atColour, 18), encoding},
			{"JP2 in 4:2:0", patch(good, atSIZ+44, 2, 2), encoding},
			{"JP2 subsampled by 0", patch(good, atSIZ+44, 0, 0), damaged},
			{"JP2 with an offset", patch(good, atSIZ+17, 1), encoding},
			{"JP2 without COD", JP2With(nil, true), damaged},
			{"JP2 with a change of its progression", JP2With([]byte("\xff\x5f\x00\x09\x00\x00\x00\x01\x02\x03\x02"), false), encoding},
			{"JP2 with packed packet headers", JP2With([]byte("\xff\x60\x00\x03\x00"), false), encoding},
			{"JP2 with two headers", slices.Insert(slices.Clone(good), atHeader, good[atHeader:atStream]...), damaged},
			{"JP2 without a picture", good[:atStream], truncated},
		}),
		row(23, []sample{
			{"JP2 of 15x15", jp2Sized(15, 15, 32), models.SmallImage},
		}),
	)
}

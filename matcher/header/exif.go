package header

import (
	"bytes"
	"encoding/binary"
)

const exifPrefix = "Exif\x00\x00"

// orientation finds tag 0x0112 in the first directory of EXIF data, which is
// a little TIFF file: CIPA DC-008 4.6.2. It reads that directory alone and
// follows no link, so cycles and maker notes are nothing to it. Anything
// wrong is 1, upright, as decoders take it.
func orientation(tiff []byte) int {
	tiff = bytes.TrimPrefix(tiff, []byte(exifPrefix)) // in JPEG always, in WebP sometimes
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(tiff, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(tiff, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	if len(tiff) < 8 {
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at:]
	count := int(order.Uint16(entries))
	entries = entries[2:]
	for ; count > 0 && len(entries) >= 12; count, entries = count-1, entries[12:] {
		if order.Uint16(entries) != 0x0112 {
			continue
		}
		const short = 3
		value := int(order.Uint16(entries[8:]))
		if order.Uint16(entries[2:]) != short || order.Uint32(entries[4:]) != 1 || value < 1 || value > 8 {
			return 1
		}
		return value
	}
	return 1
}

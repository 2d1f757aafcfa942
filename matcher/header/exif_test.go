package header_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"testing"

	"oblik/matcher/header"
	mt "oblik/matcher/matchertest"
)

// byteOrder both reads and appends.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// app1 is an EXIF segment with one directory of the entries, which begins at
// the offset at and names next as its successor.
func app1(order byteOrder, at, next uint32, entries ...[]byte) []byte {
	b := []byte("II")
	if order.Uint16([]byte{0, 1}) == 1 {
		b = []byte("MM")
	}
	b = order.AppendUint32(order.AppendUint16(b, 42), at)
	b = order.AppendUint16(b, uint16(len(entries)))
	b = append(b, slices.Concat(entries...)...)
	return mt.Segment(0xE1, "Exif\x00\x00"+string(order.AppendUint32(b, next)))
}

// entry is a directory entry with a 16-bit value.
func entry(order byteOrder, tag, kind uint16, count uint32, value uint16) []byte {
	b := order.AppendUint16(order.AppendUint16(nil, tag), kind)
	b = order.AppendUint16(order.AppendUint32(b, count), value)
	return append(b, 0, 0)
}

// exif is a sound EXIF segment with that orientation.
func exif(orientation uint16) []byte {
	le := binary.LittleEndian
	return app1(le, 8, 0, entry(le, 0x0100, 3, 1, 160), entry(le, 0x0112, 3, 1, orientation), entry(le, 0x8769, 4, 1, 8))
}

// TestOrientation reads 1 to 8 in both byte orders and ignores what is bad.
func TestOrientation(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	six := entry(le, 0x0112, 3, 1, 6)
	cases := map[string]struct {
		segment []byte
		want    int
	}{
		"0": {exif(0), 1}, "9": {exif(9), 1}, "65535": {exif(65535), 1},
		"of the wrong type":         {app1(le, 8, 0, entry(le, 0x0112, 4, 1, 6)), 1},
		"of two values":             {app1(le, 8, 0, entry(le, 0x0112, 3, 2, 6)), 1},
		"in a directory of its own": {app1(le, 8, 8, six), 6},
		"directory in the header":   {app1(le, 0, 0, six), 1},
		"directory out of bounds":   {app1(le, 1<<32-1, 0, six), 1},
		"directory at the end":      {app1(le, 26, 26, six), 1},
		"more entries than there":   {mt.Segment(0xE1, "Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff"+string(six)), 6},
		"cut in its entry":          {mt.Segment(0xE1, "Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00"+string(six[:11])), 1},
		"cut in its header":         {mt.Segment(0xE1, "Exif\x00\x00II*\x00\x08"), 1},
		"no byte order":             {mt.Segment(0xE1, "Exif\x00\x00XX*\x00\x08\x00\x00\x00"), 1},
		"empty":                     {mt.Segment(0xE1, "Exif\x00\x00"), 1},
		"only XMP":                  {mt.Segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x/>"), 1},
		"second EXIF":               {slices.Concat(exif(3), exif(6)), 3},
		"64 kB maker note":          {mt.Segment(0xE1, string(exif(5)[4:])+strings.Repeat("m", 65000)), 5},
	}
	for v := 1; v <= 8; v++ {
		value := uint16(v)
		cases["II "+strconv.Itoa(v)] = struct {
			segment []byte
			want    int
		}{exif(value), v}
		cases["MM "+strconv.Itoa(v)] = struct {
			segment []byte
			want    int
		}{app1(be, 8, 0, entry(be, 0x0112, 3, 1, value)), v}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := header.Check(mt.AfterSOI(mt.JPEG(), c.segment), header.DefaultLimits())
			if err != nil || got.Orientation != c.want {
				t.Errorf("got %d, %v; want %d", got.Orientation, err, c.want)
			}
		})
	}
	if !bytes.Contains(exif(6), []byte("Exif\x00\x00II*\x00")) {
		t.Error("the test's own EXIF is not one")
	}
}

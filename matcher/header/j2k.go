package header

import "encoding/binary"

// Markers of ITU-T T.800 table A.2.
const (
	jSOC, jSIZ, jSOT, jSOD, jEOC = 0xFF4F, 0xFF51, 0xFF90, 0xFF93, 0xFFD9
	jCOD, jCOC, jTLM, jPLM, jPLT = 0xFF52, 0xFF53, 0xFF55, 0xFF57, 0xFF58
	jQCD, jQCC, jRGN             = 0xFF5C, 0xFF5D, 0xFF5E
	jCRG, jCOM                   = 0xFF63, 0xFF64
)

// maxTileParts bounds the pieces of all tiles together; encoders write one to
// eighteen a tile.
const maxTileParts = 16 << 10

// j2kStream is a walk over a code-stream's markers and tile-parts: T.800
// annex A.
type j2kStream struct {
	data   []byte
	info   Info // what the box around it said
	tiles  int
	coding bool // COD was seen
}

// checkStream walks from SOC to EOC. Everything in b must belong to it.
func checkStream(b []byte, l Limits, info Info) error {
	s := j2kStream{data: b, info: info}
	if len(b) < 6 {
		return truncated(JPEG2000)
	}
	if binary.BigEndian.Uint16(b) != jSOC || binary.BigEndian.Uint16(b[2:]) != jSIZ {
		return damaged(JPEG2000, "without a picture header")
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if n > len(b)-4 {
		return truncated(JPEG2000)
	}
	if err := s.siz(b[4:4+n], l); err != nil {
		return err
	}
	pos, err := s.segments(4+n, len(b), jSOT)
	if err != nil {
		return err
	}
	if !s.coding {
		return damaged(JPEG2000, "without its coding style")
	}
	if pos, err = s.tileParts(pos); err != nil {
		return err
	}
	return tail(JPEG2000, b[pos:])
}

// segments walks marker segments from pos up to the marker stop, which must
// come before limit, and gives its position.
func (s *j2kStream) segments(pos, limit int, stop uint16) (int, error) {
	for {
		if limit-pos < 4 {
			if limit-pos >= 2 && binary.BigEndian.Uint16(s.data[pos:]) == stop {
				return pos, nil
			}
			return 0, truncated(JPEG2000)
		}
		m := binary.BigEndian.Uint16(s.data[pos:])
		if m == stop {
			return pos, nil
		}
		n := int(binary.BigEndian.Uint16(s.data[pos+2:]))
		if n < 2 || n > limit-pos-2 {
			return 0, truncated(JPEG2000)
		}
		if err := s.segment(m, s.data[pos+4:pos+2+n]); err != nil {
			return 0, err
		}
		pos += 2 + n
	}
}

// tileParts walks from the first SOT by the parts' lengths to EOC and gives
// the position behind it. Every tile must begin once: T.800 A.4.2.
func (s *j2kStream) tileParts(pos int) (int, error) {
	begun := 0
	for parts := 0; ; parts++ {
		rest := s.data[pos:]
		if len(rest) >= 2 && binary.BigEndian.Uint16(rest) == jEOC {
			if begun != s.tiles {
				return 0, damaged(JPEG2000, "of %d tiles that holds %d", s.tiles, begun)
			}
			return pos + 2, nil
		}
		if len(rest) < 12 {
			return 0, truncated(JPEG2000)
		}
		tile, length := int(binary.BigEndian.Uint16(rest[4:])), int64(binary.BigEndian.Uint32(rest[6:]))
		if length == 0 { // to the end of the code-stream, the last two bytes
			length = int64(len(rest) - 2)
		}
		if binary.BigEndian.Uint16(rest) != jSOT || binary.BigEndian.Uint16(rest[2:]) != 10 || tile >= s.tiles || parts >= maxTileParts || length < 14 {
			return 0, damaged(JPEG2000, "with a bad tile")
		}
		if length > int64(len(rest)-2) {
			return 0, truncated(JPEG2000)
		}
		if rest[10] == 0 {
			begun++
		}
		end := pos + int(length)
		if _, err := s.segments(pos+12, end, jSOD); err != nil {
			return 0, err
		}
		pos = end
	}
}

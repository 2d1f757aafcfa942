package header

import (
	"bytes"
	"encoding/binary"
)

// Markers of ITU-T T.81 table B.1; the second byte, after 0xFF.
const (
	mTEM  = 0x01
	mSOF0 = 0xC0 // baseline; C1 extended, C2 progressive, further ones below
	mSOF2 = 0xC2
	mDHT  = 0xC4
	mJPG  = 0xC8
	mDAC  = 0xCC
	mSOFF = 0xCF
	mRST0 = 0xD0
	mRST7 = 0xD7
	mSOI  = 0xD8
	mEOI  = 0xD9
	mSOS  = 0xDA
	mDQT  = 0xDB
	mDNL  = 0xDC
	mDRI  = 0xDD
	mDHP  = 0xDE
	mEXP  = 0xDF
	mAPP1 = 0xE1
	mLS   = 0xF7 // SOF55, JPEG-LS (ITU-T T.87)
)

// jpegFile is a walk over a JPEG's markers.
type jpegFile struct {
	data   []byte
	limits Limits
	info   Info
	exif   bool // the first EXIF segment was seen
	frame  bool // the SOF was seen
	scans  int
	prog   bool    // the frame is progressive
	ids    [3]byte // the frame's components
	blocks [3]int  // blocks of each in an interleaved unit: H x V
	coded  [3]bool // components some scan has coded
}

// checkJPEG walks from SOI to EOI. Thumbnails are within segments and so
// passed over.
func checkJPEG(data []byte, l Limits) (Info, error) {
	j := jpegFile{data: data, limits: l, info: Info{Format: JPEG, BitDepth: 8, Orientation: 1}}
	pos := 2
	for {
		marker, next, err := j.marker(pos)
		if err != nil {
			return Info{}, err
		}
		if marker == mEOI {
			return j.info, j.end(data[next:])
		}
		if len(data)-next < 2 {
			return Info{}, truncated(JPEG)
		}
		n := int(binary.BigEndian.Uint16(data[next:]))
		if n < 2 {
			return Info{}, damaged(JPEG, "with a segment of an impossible length")
		}
		if n > len(data)-next {
			return Info{}, truncated(JPEG)
		}
		pos = next + n
		if err := j.segment(marker, data[next+2:pos]); err != nil {
			return Info{}, err
		}
		if marker == mSOS {
			if pos, err = j.skipScan(pos); err != nil {
				return Info{}, err
			}
		}
	}
}

// marker reads the marker at pos, after any fill bytes, and gives the position
// behind it.
func (j *jpegFile) marker(pos int) (byte, int, error) {
	if pos < len(j.data) && j.data[pos] != 0xFF {
		return 0, 0, damaged(JPEG, "with bytes where a marker should be")
	}
	for pos < len(j.data) && j.data[pos] == 0xFF {
		pos++
	}
	if pos >= len(j.data) {
		return 0, 0, truncated(JPEG)
	}
	return j.data[pos], pos + 1, nil
}

// skipScan finds the marker that ends the entropy-coded data at pos: an 0xFF
// that is followed neither by a stuffed zero, nor a restart marker, nor a
// further fill byte.
func (j *jpegFile) skipScan(pos int) (int, error) {
	start := pos
	for {
		i := bytes.IndexByte(j.data[pos:], 0xFF)
		if i < 0 || pos+i+1 >= len(j.data) {
			return 0, truncated(JPEG)
		}
		pos += i
		switch b := j.data[pos+1]; {
		case b == 0x00 || b >= mRST0 && b <= mRST7:
			pos += 2
		case b == 0xFF:
			pos++
		case pos == start:
			return 0, damaged(JPEG, "with a scan that holds no data")
		default:
			return pos, nil
		}
	}
}

// end checks what must be so when EOI is reached.
func (j *jpegFile) end(rest []byte) error {
	for c := range j.info.Components {
		if !j.coded[c] {
			return damaged(JPEG, "that ends before all its colour components")
		}
	}
	if j.info.Components == 0 {
		return damaged(JPEG, "that holds no picture")
	}
	if bytes.HasPrefix(rest, []byte("\xff\xd8\xff")) {
		return encoding(JPEG, "with a further picture behind it, as phones add for HDR or depth; save it as a plain JPEG")
	}
	return tail(JPEG, rest)
}

package header

import (
	"bytes"
	"encoding/binary"

	"oblik/models"
)

// segment checks the marker segments that a decoder acts on. Comments and
// application data, whose contents it skips, only have to fit the file.
func (j *jpegFile) segment(m byte, body []byte) error {
	switch {
	case m == mDHT:
		return huffmanTables(body)
	case m == mDAC || m == mJPG || m == mLS || m == mDHP || m == mEXP:
		return encoding(JPEG, "that is arithmetic-coded, lossless or hierarchical; save it as an ordinary JPEG")
	case m >= mSOF0 && m <= mSOFF:
		return j.startFrame(m, body)
	case m == mSOS:
		return j.startScan(body)
	case m == mDQT:
		return quantTables(body)
	case m == mDRI && len(body) != 2:
		return damaged(JPEG, "with a bad restart interval")
	case m == mDNL:
		return encoding(JPEG, "that gives its height after its first scan; save it as an ordinary JPEG")
	case m <= mTEM || m >= mRST0 && m <= mSOI || m < mSOF0:
		return damaged(JPEG, "with a marker %02X out of place", m)
	case m == mAPP1 && !j.exif && bytes.HasPrefix(body, []byte(exifPrefix)):
		j.exif = true
		j.info.Orientation = orientation(body)
	}
	return nil
}

// startFrame checks SOF: ITU-T T.81 B.2.2.
func (j *jpegFile) startFrame(m byte, b []byte) error {
	if m > mSOF2 {
		return encoding(JPEG, "that is arithmetic-coded, lossless or hierarchical; save it as an ordinary JPEG")
	}
	if j.scans > 0 {
		return damaged(JPEG, "with a frame header after a scan")
	}
	if j.frame {
		return damaged(JPEG, "with two frame headers")
	}
	if len(b) < 6 || len(b) != 6+3*int(b[5]) {
		return damaged(JPEG, "with a frame header of an impossible length")
	}
	n := int(b[5])
	switch {
	case b[0] != 8:
		return encoding(JPEG, "of %d bits a sample; 8 are accepted", b[0])
	case n == 0:
		return damaged(JPEG, "without colour components")
	case n == 4:
		return encoding(JPEG, "in CMYK, for printing; save it in RGB")
	case n != 1 && n != 3:
		return encoding(JPEG, "of %d colour components; 1 or 3 are accepted", n)
	}
	j.frame, j.prog = true, m == mSOF2
	j.info.Height, j.info.Width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	j.info.Components = n
	for c := range n {
		id, h, v, table := b[6+3*c], int(b[7+3*c]>>4), int(b[7+3*c]&15), b[8+3*c]
		if h < 1 || h > 4 || v < 1 || v > 4 || table > 3 || j.component(id, c) >= 0 {
			return damaged(JPEG, "with a bad frame header")
		}
		j.ids[c], j.blocks[c] = id, h*v
	}
	return j.limits.size(JPEG, int64(j.info.Width), int64(j.info.Height), len(j.data))
}

// component is the index of the component with that id among the frame's
// first n, or -1.
func (j *jpegFile) component(id byte, n int) int {
	for c := range n {
		if j.ids[c] == id {
			return c
		}
	}
	return -1
}

// startScan checks SOS: ITU-T T.81 B.2.3 and, for progressive scans, G.1.1.1.
func (j *jpegFile) startScan(b []byte) error {
	if !j.frame {
		return damaged(JPEG, "with a scan before its frame header")
	}
	if j.scans++; j.scans > j.limits.MaxScans {
		return models.Errorf(op, models.DamagedImage, "a JPEG of more than %d scans", j.limits.MaxScans)
	}
	if len(b) < 1 || b[0] < 1 || int(b[0]) > j.info.Components || len(b) != 4+2*int(b[0]) {
		return damaged(JPEG, "with a bad scan header")
	}
	n, last, blocks := int(b[0]), -1, 0
	for i := range n {
		c, tables := j.component(b[1+2*i], j.info.Components), b[2+2*i]
		if c <= last || tables>>4 > 3 || tables&15 > 3 { // in the frame's order, so each once
			return damaged(JPEG, "with a bad scan header")
		}
		last, blocks = c, blocks+j.blocks[c]
		j.coded[c] = true
	}
	if n > 1 && blocks > 10 {
		return damaged(JPEG, "with impossible sampling factors")
	}
	from, to, high, low := b[1+2*n], b[2+2*n], b[3+2*n]>>4, b[3+2*n]&15
	if !j.prog {
		return nil // decoders do not look at these
	}
	dc := from == 0 && to == 0
	ac := from > 0 && to >= from && to <= 63 && n == 1
	if !dc && !ac || low > 13 || high != 0 && high != low+1 {
		return damaged(JPEG, "with a bad progressive scan")
	}
	return nil
}

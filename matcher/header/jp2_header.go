package header

import (
	"bytes"
	"encoding/binary"
)

// superbox checks the boxes within jp2h, of which ihdr must be the first.
func (j *jp2File) superbox(b []byte) error {
	for len(b) > 0 {
		name, body, n, err := box(b)
		if err != nil || (string(name) == "ihdr") == j.header {
			return damaged(JPEG2000, "with a bad header")
		}
		switch string(name) {
		case "ihdr":
			err = j.ihdr(body)
		case "bpcc", "pclr", "cmap":
			err = encoding(JPEG2000, "with a palette or mixed depths; save it as a plain JP2 file")
		case "colr":
			err = j.colr(body)
		case "cdef":
			err = j.cdef(body)
		}
		if err != nil {
			return err
		}
		b = b[n:]
	}
	if !j.header || !j.colour {
		return damaged(JPEG2000, "with a bad header")
	}
	return nil
}

// ihdr reads the image header: T.800 I.5.3.1.
func (j *jp2File) ihdr(b []byte) error {
	if len(b) != 14 || b[11] != 7 || b[12] > 1 || b[13] > 1 {
		return damaged(JPEG2000, "with a bad header")
	}
	j.header = true
	height, width := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	components, depth := binary.BigEndian.Uint16(b[8:]), b[10]
	switch {
	case components == 0:
		return damaged(JPEG2000, "without colour components")
	case components != 1 && components != 3:
		return encoding(JPEG2000, "of %d components; 1 or 3 are accepted", components)
	case depth != 7: // the depth less one; the top bit says signed
		return encoding(JPEG2000, "that is not of 8 bits a sample")
	}
	if err := j.limits.size(JPEG2000, int64(width), int64(height), len(j.data)); err != nil {
		return err
	}
	j.info.Width, j.info.Height, j.info.Components = int(width), int(height), int(components)
	return nil
}

// colr reads a colour specification: T.800 I.5.3.3. Accepted are sRGB, grey
// and a restricted ICC profile; sYCC is not, since decoders differ on it.
func (j *jp2File) colr(b []byte) error {
	j.colour = true
	switch {
	case len(b) >= 7 && b[0] == 1:
		if s := binary.BigEndian.Uint32(b[3:]); s == 16 && j.info.Components == 3 || s == 17 && j.info.Components == 1 {
			return nil
		}
	case len(b) > 3 && b[0] == 2:
		return nil
	}
	return encoding(JPEG2000, "that is neither grey nor sRGB; save it in RGB")
}

// cdef refuses channels that are not colours, and colours out of order:
// T.800 I.5.3.6.
func (j *jp2File) cdef(b []byte) error {
	plain := []byte{0, 3, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 2, 0, 2, 0, 0, 0, 3}
	if j.info.Components == 1 {
		plain = []byte{0, 1, 0, 0, 0, 0, 0, 1}
	}
	if !bytes.Equal(b, plain) {
		return encoding(JPEG2000, "with transparency or unusual channels; save it as a plain JP2 file")
	}
	return nil
}

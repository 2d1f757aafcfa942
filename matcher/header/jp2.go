package header

import "encoding/binary"

// jp2File is a walk over a JP2's boxes: ITU-T T.800 annex I.
type jp2File struct {
	data   []byte
	limits Limits
	info   Info
	brand  bool // ftyp was seen
	header bool // jp2h was seen, and its ihdr
	colour bool // colr was seen
	stream bool // jp2c was seen
}

// checkJP2 walks the boxes of a JP2 file and the code-stream in it.
func checkJP2(data []byte, l Limits) (Info, error) {
	j := jp2File{data: data, limits: l, info: Info{Format: JPEG2000, BitDepth: 8, Orientation: 1}}
	for rest := data[12:]; len(rest) > 0; {
		name, body, n, err := box(rest)
		if err != nil && j.stream { // not a box behind the picture, so padding or else
			return j.info, tail(JPEG2000, rest)
		}
		if err != nil {
			return Info{}, err
		}
		if err = j.box(string(name), body); err != nil {
			return Info{}, err
		}
		rest = rest[n:]
	}
	if !j.stream {
		return Info{}, truncated(JPEG2000)
	}
	return j.info, nil
}

// refuseRawJ2K answers a code-stream without its file format, where nothing
// tells what the components mean.
func refuseRawJ2K([]byte, Limits) (Info, error) {
	return Info{}, encoding(JPEG2000, "code-stream without a file around it; save it as a JP2 file")
}

// box reads the box at the start of b: its type, its contents, and its length
// with the header. A length of 0 means to the end of b, 1 a 64-bit length.
func box(b []byte) (name, body []byte, n int, err error) {
	if len(b) < 8 {
		return nil, nil, 0, truncated(JPEG2000)
	}
	size, head := int64(binary.BigEndian.Uint32(b)), int64(8)
	switch size {
	case 0:
		size = int64(len(b))
	case 1:
		if len(b) < 16 {
			return nil, nil, 0, truncated(JPEG2000)
		}
		if binary.BigEndian.Uint32(b[8:]) != 0 { // over 4 GB
			return nil, nil, 0, truncated(JPEG2000)
		}
		size, head = int64(binary.BigEndian.Uint32(b[12:])), 16
	}
	for _, c := range b[4:8] {
		if c < ' ' || c > '~' {
			return nil, nil, 0, damaged(JPEG2000, "with a part of an unknown kind")
		}
	}
	if size < head {
		return nil, nil, 0, damaged(JPEG2000, "with a part of an impossible length")
	}
	if size > int64(len(b)) {
		return nil, nil, 0, truncated(JPEG2000)
	}
	n = int(size) // at most len(b)
	return b[4:8], b[head:n], n, nil
}

// box checks a box of the file's top level; unknown ones are passed over.
func (j *jp2File) box(name string, b []byte) error {
	switch {
	case name == "ftyp":
		if j.brand || len(b) < 12 {
			return damaged(JPEG2000, "with a bad file type")
		}
		j.brand = true
		if string(b[:4]) != "jp2 " {
			return encoding(JPEG2000, "of Part 2 or Part 15 (JPX, HTJ2K); save it as a JP2 file")
		}
	case !j.brand:
		return damaged(JPEG2000, "without its file type")
	case name == "jp2h":
		if j.header {
			return damaged(JPEG2000, "with two headers")
		}
		return j.superbox(b)
	case name == "jp2c":
		if !j.header || j.stream {
			return damaged(JPEG2000, "whose picture is out of place")
		}
		j.stream = true
		return checkStream(b, j.limits, j.info)
	}
	return nil
}

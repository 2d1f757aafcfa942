package header

import "encoding/binary"

// webpFile is a walk over a WebP's chunks: RFC 9649, 2.
type webpFile struct {
	data   []byte
	limits Limits
	info   Info
	canvas bool // VP8X gave the size
	image  bool // VP8 or VP8L was seen
}

// checkWebP walks the RIFF container, whose length must be the file's.
func checkWebP(data []byte, l Limits) (Info, error) {
	w := webpFile{data: data, limits: l, info: Info{Format: WebP, Components: 3, BitDepth: 8, Orientation: 1}}
	size := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > int64(len(data)) {
		return Info{}, truncated(WebP)
	}
	if size < 12 {
		return Info{}, damaged(WebP, "of an impossible length")
	}
	chunks := data[12:int(size)]
	for first := true; len(chunks) > 0; first = false {
		if len(chunks) < 8 {
			return Info{}, damaged(WebP, "with a broken chunk")
		}
		n := int64(binary.LittleEndian.Uint32(chunks[4:]))
		if n > int64(len(chunks)-8) {
			return Info{}, damaged(WebP, "with a chunk longer than the file")
		}
		if err := w.chunk(string(chunks[:4]), chunks[8:8+n], first); err != nil {
			return Info{}, err
		}
		chunks = chunks[min(8+n+n&1, int64(len(chunks))):] // the last one's padding byte may lack
	}
	if !w.image {
		return Info{}, damaged(WebP, "that holds no picture")
	}
	return w.info, tail(WebP, data[int(size):])
}

// chunk checks one chunk. Unknown ones are passed over, as decoders do.
func (w *webpFile) chunk(name string, b []byte, first bool) error {
	switch name {
	case "VP8X":
		if !first {
			return damaged(WebP, "whose header is not its first chunk")
		}
		return w.extended(b)
	case "VP8 ":
		return w.lossy(b)
	case "VP8L":
		return w.lossless(b)
	case "ALPH":
		return encoding(WebP, "with transparency; save it without")
	case "ANIM", "ANMF":
		return encoding(WebP, "that is animated")
	case "EXIF":
		w.info.Orientation = orientation(b)
	}
	return nil
}

// extended reads VP8X: flags and the canvas.
func (w *webpFile) extended(b []byte) error {
	if len(b) != 10 {
		return damaged(WebP, "with a header of an impossible length")
	}
	const animation, alpha = 0x02, 0x10
	switch {
	case b[0]&animation != 0:
		return encoding(WebP, "that is animated")
	case b[0]&alpha != 0:
		return encoding(WebP, "with transparency; save it without")
	}
	w.info.Width = 1 + (int(b[4]) | int(b[5])<<8 | int(b[6])<<16)
	w.info.Height = 1 + (int(b[7]) | int(b[8])<<8 | int(b[9])<<16)
	w.canvas = true
	return w.limits.size(WebP, int64(w.info.Width), int64(w.info.Height), len(w.data))
}

// lossy reads the frame header of VP8: RFC 6386, 9.1.
func (w *webpFile) lossy(b []byte) error {
	if len(b) < 10 || string(b[3:6]) != "\x9d\x01\x2a" {
		return damaged(WebP, "with a bad frame header")
	}
	tag := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
	interframe, version, shown, partition := tag&1 != 0, tag>>1&7, tag>>4&1 != 0, tag>>5
	if interframe || version > 3 || !shown || partition > len(b)-10 {
		return damaged(WebP, "with a bad frame header")
	}
	const scaled = 0x3FFF // the two bits above are a hint for display
	return w.picture(int(binary.LittleEndian.Uint16(b[6:]))&scaled, int(binary.LittleEndian.Uint16(b[8:]))&scaled)
}

// lossless reads the header of VP8L: RFC 9649, 3.4.
func (w *webpFile) lossless(b []byte) error {
	if len(b) < 5 || b[0] != 0x2F {
		return damaged(WebP, "with a bad lossless header")
	}
	bits := binary.LittleEndian.Uint32(b[1:])
	if bits>>29 != 0 {
		return damaged(WebP, "of an unknown version")
	}
	if bits>>28&1 != 0 {
		return encoding(WebP, "with transparency; save it without")
	}
	return w.picture(1+int(bits&0x3FFF), 1+int(bits>>14&0x3FFF))
}

// picture notes the one picture's size, which must be the canvas's.
func (w *webpFile) picture(width, height int) error {
	if w.image {
		return damaged(WebP, "that holds two pictures")
	}
	w.image = true
	if w.canvas && (width != w.info.Width || height != w.info.Height) {
		return damaged(WebP, "whose picture is %dx%d and whose header claims %dx%d pixels",
			width, height, w.info.Width, w.info.Height)
	}
	w.info.Width, w.info.Height = width, height
	return w.limits.size(WebP, int64(width), int64(height), len(w.data))
}

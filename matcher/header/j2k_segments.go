package header

import (
	"encoding/binary"

	"oblik/models"
)

// Bounds of what makes a decoder's memory grow beyond the pixels: it keeps
// records for each layer, precinct and code-block. A worker of 231 MB (OpenCV
// 4.6, OpenJPEG 2.5) grows by 320 MB for 25 megapixels in code-blocks of 32x32
// and by 550 MB at these bounds; without them by 2 GB in code-blocks of 4x4.
// Encoders use up to 20 layers, 5 or 6 levels, precincts of 128 and more,
// code-blocks of 32 or 64.
const (
	maxLayers    = 64
	maxLevels    = 10
	minPrecinct  = 6 // log2 of pixels of the whole picture: 64x64
	minBlockArea = 8 // log2 of pixels: 16x16
)

// The code-block styles (T.800 table A.19) that end the code-words of single
// coding passes. OpenJPEG keeps a record for each: files of 5 to 6 MB took a
// worker to 1.0 GB (lazy), 1.4 GB (all) and beyond. The other four, which change
// only how a pass is coded, were measured to cost nothing. Encoders write none
// of them unless told to.
const (
	styleLazy    = 0x01 // selective arithmetic coding bypass
	styleTermAll = 0x04 // termination on each coding pass
)

// siz checks the size marker segment against ihdr: T.800 A.5.1. The picture
// must begin at the reference grid's origin, as encoders make it.
func (s *j2kStream) siz(b []byte, l Limits) error {
	if len(b) < 38 || len(b) != 38+3*int(binary.BigEndian.Uint16(b[36:])) {
		return damaged(JPEG2000, "with a bad picture header")
	}
	if binary.BigEndian.Uint16(b[2:])&0xC000 != 0 {
		return encoding(JPEG2000, "of Part 2 or Part 15 (JPX, HTJ2K); save it as a JP2 file")
	}
	field := func(i int) int64 { return int64(binary.BigEndian.Uint32(b[4+4*i:])) }
	width, height, tileWidth, tileHeight := field(0), field(1), field(4), field(5)
	if field(2) != 0 || field(3) != 0 || field(6) != 0 || field(7) != 0 {
		return encoding(JPEG2000, "whose picture is cut from a larger grid; save it again")
	}
	if width != int64(s.info.Width) || height != int64(s.info.Height) || int(b[37])|int(b[36])<<8 != s.info.Components {
		return damaged(JPEG2000, "whose file header says %dx%d pixels and whose picture header %dx%d, or other components",
			s.info.Width, s.info.Height, width, height)
	}
	for c := 38; c < len(b); c += 3 {
		switch {
		case b[c] != 7:
			return encoding(JPEG2000, "that is not of 8 bits a sample")
		case b[c+1] == 0 || b[c+2] == 0:
			return damaged(JPEG2000, "with a bad picture header")
		case b[c+1] != 1 || b[c+2] != 1:
			return encoding(JPEG2000, "with subsampled colours; save it in RGB")
		}
	}
	if tileWidth == 0 || tileHeight == 0 {
		return damaged(JPEG2000, "with tiles of no size")
	}
	tiles := ((width + tileWidth - 1) / tileWidth) * ((height + tileHeight - 1) / tileHeight)
	if tiles > int64(l.MaxTiles) {
		return models.Errorf(op, models.LargeImage, "a JPEG 2000 of %d tiles; at most %d are accepted", tiles, l.MaxTiles)
	}
	s.tiles = int(tiles)
	return nil
}

// segment checks one marker segment of a main or tile-part header. A change of
// the progression order (POC) is not taken: nobody writes one for a photograph,
// and 31 of them cost half a second.
func (s *j2kStream) segment(m uint16, b []byte) error {
	switch m {
	case jCOD:
		if len(b) < 10 || binary.BigEndian.Uint16(b[2:]) == 0 || b[1] > 4 || b[4] > 1 {
			return damaged(JPEG2000, "with a bad coding style")
		}
		if binary.BigEndian.Uint16(b[2:]) > maxLayers {
			return encoding(JPEG2000, "of more than %d quality layers", maxLayers)
		}
		s.coding = true
		return codingStyle(b[0]&1 != 0, b[5:])
	case jCOC:
		if len(b) < 7 || int(b[0]) >= s.info.Components { // the index has one byte below 257 components
			return damaged(JPEG2000, "with a bad coding style")
		}
		return codingStyle(b[1]&1 != 0, b[2:])
	case jTLM, jPLM, jPLT, jQCD, jQCC, jRGN, jCRG, jCOM:
		return nil
	}
	return encoding(JPEG2000, "with the unusual marker %04X; save it as a plain JP2 file", m)
}

// codingStyle checks the parameters COD and COC share: T.800 table A.20.
func codingStyle(precincts bool, b []byte) error {
	levels, width, height := int(b[0]), int(b[1])+2, int(b[2])+2
	if levels > 32 || width > 10 || height > 10 || width+height > 12 || b[4] > 1 {
		return damaged(JPEG2000, "with a bad coding style")
	}
	if b[3]&0xC0 != 0 {
		return encoding(JPEG2000, "of Part 15 (HTJ2K); save it as a JP2 file")
	}
	if b[3]&(styleLazy|styleTermAll) != 0 {
		return encoding(JPEG2000, "with coding passes that are kept apart; save it again")
	}
	if levels > maxLevels || width+height < minBlockArea {
		return encoding(JPEG2000, "of unusually fine structure; save it again")
	}
	if !precincts {
		return nil
	}
	if len(b) != 5+levels+1 {
		return damaged(JPEG2000, "with a bad coding style")
	}
	for r, size := range b[5:] { // from the lowest resolution, 2^levels smaller than the picture
		if min(int(size&15), int(size>>4))+levels-r < minPrecinct {
			return encoding(JPEG2000, "of unusually fine structure; save it again")
		}
	}
	return nil
}

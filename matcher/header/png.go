package header

import (
	"encoding/binary"
	"hash/crc32"

	"oblik/models"
)

// maxPNGText bounds the compressed ancillary data of a PNG, which libpng
// inflates up to a thousandfold although nobody reads it: 64 kB become 66 MB
// at most. Colour profiles of photographs are 0.5 to 4 kB.
const maxPNGText = 64 << 10

// pngFile is a walk over a PNG's chunks: W3C PNG third edition, 5.
type pngFile struct {
	info       Info
	colour     byte // colour type of IHDR
	chunks     int
	palette    bool
	data       int  // chunks of IDAT so far
	dataEnded  bool // another chunk came after the IDATs
	compressed int  // bytes of compressed text and profiles
}

// Colour types of IHDR: bits for palette, colour and alpha.
const (
	pngGrey, pngRGB, pngPalette, pngGreyAlpha, pngRGBA = 0, 2, 3, 4, 6
)

// checkPNG walks from IHDR to IEND and verifies each chunk's CRC. It does not
// inflate the pixels: that takes half a second for 25 megapixels, and a stream
// that is too short for the picture is an error of the decoder anyway.
func checkPNG(data []byte, l Limits) (Info, error) {
	p := pngFile{info: Info{Format: PNG, Orientation: 1}}
	const frame = 12 // length, type, CRC
	for pos := 8; ; {
		rest := data[pos:]
		if len(rest) < frame {
			return Info{}, truncated(PNG)
		}
		n := int64(binary.BigEndian.Uint32(rest))
		if n > int64(len(rest)-frame) {
			return Info{}, truncated(PNG)
		}
		end := int(n) + frame
		if crc32.ChecksumIEEE(rest[4:end-4]) != binary.BigEndian.Uint32(rest[end-4:]) {
			return Info{}, damaged(PNG, "with a wrong checksum")
		}
		name, body := rest[4:8], rest[8:end-4]
		if err := p.chunk(string(name), body); err != nil {
			return Info{}, err
		}
		p.chunks++
		if p.chunks == 1 {
			if err := l.size(PNG, int64(binary.BigEndian.Uint32(body)), int64(binary.BigEndian.Uint32(body[4:])), len(data)); err != nil {
				return Info{}, err
			}
			p.info.Width, p.info.Height = int(binary.BigEndian.Uint32(body)), int(binary.BigEndian.Uint32(body[4:]))
		}
		pos += end
		if string(name) == "IEND" {
			return p.info, tail(PNG, data[pos:])
		}
	}
}

// chunk checks one chunk's contents and place.
func (p *pngFile) chunk(name string, body []byte) error {
	if (name == "IHDR") != (p.chunks == 0) {
		return damaged(PNG, "whose header is not its first chunk")
	}
	p.dataEnded = p.data > 0 && (p.dataEnded || name != "IDAT")
	switch name {
	case "IHDR":
		return p.header(body)
	case "PLTE":
		return p.plte(len(body))
	case "IDAT":
		if p.dataEnded || p.colour == pngPalette && !p.palette {
			return damaged(PNG, "whose pixels are out of place")
		}
		p.data++
	case "IEND":
		if p.data == 0 || len(body) > 0 {
			return damaged(PNG, "without pixels")
		}
	case "tRNS":
		return encoding(PNG, "with transparency; save it without")
	case "acTL":
		return encoding(PNG, "that is animated")
	case "iCCP", "zTXt", "iTXt":
		if p.compressed += len(body); p.compressed > maxPNGText {
			return models.Errorf(op, models.LargeImage, "a PNG with more than %d bytes of text and colour profiles", maxPNGText)
		}
	case "eXIf":
		p.info.Orientation = orientation(body)
	default:
		if name[0] < 'a' || name[0] > 'z' { // upper case: a decoder must know it, and ours does not
			return damaged(PNG, "with an unknown critical chunk")
		}
	}
	return nil
}

// header checks IHDR but for the size: PNG 11.2.1.
func (p *pngFile) header(b []byte) error {
	if len(b) != 13 {
		return damaged(PNG, "with a header of an impossible length")
	}
	depth := b[8]
	p.colour, p.info.BitDepth, p.info.Components = b[9], int(depth), 3
	var depths uint // a bit for each depth allowed
	switch p.colour {
	case pngGrey:
		depths, p.info.Components = 1<<1|1<<2|1<<4|1<<8|1<<16, 1
	case pngPalette:
		depths = 1<<1 | 1<<2 | 1<<4 | 1<<8
	case pngRGB, pngGreyAlpha, pngRGBA:
		depths = 1<<8 | 1<<16
	}
	switch {
	case depth > 16 || depths>>depth&1 == 0 || b[10] != 0 || b[11] != 0 || b[12] > 1:
		return damaged(PNG, "with a bad header")
	case p.colour == pngGreyAlpha || p.colour == pngRGBA:
		return encoding(PNG, "with transparency; save it without")
	case depth == 16:
		return encoding(PNG, "of 16 bits a sample; 8 are accepted")
	}
	return nil
}

// plte checks the palette's length and place: PNG 11.2.2.
func (p *pngFile) plte(n int) error {
	if p.palette || p.data > 0 || n == 0 || n%3 != 0 || n > 3*256 || p.colour == pngGrey {
		return damaged(PNG, "with a bad palette")
	}
	p.palette = true
	return nil
}

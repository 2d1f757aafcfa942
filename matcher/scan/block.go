package scan

import "encoding/binary"

// Bounds of a pass.
const (
	Lanes      = 16 // rows of a block
	MaxQueries = 8  // queries of one pass
	maxDim     = 4096
)

const (
	group     = 4             // components of a row that lie together
	groupSize = Lanes * group // bytes of a group of all rows
	zero      = 0x80          // the byte of code 0
)

// Width is the bytes of a row of dim components: dim rounded up to a multiple of 4.
func Width(dim int) int { return (dim + group - 1) / group * group }

// BlockSize is the bytes of a block of 16 rows of dim components.
func BlockSize(dim int) int { return Lanes * Width(dim) }

// Set writes a row of a block: the codes, -127..127, and the padding.
func Set(block []byte, lane int, codes []int8) {
	check(block, lane, len(codes))
	i := 0
	for at := lane * group; at < len(block); at += groupSize {
		four := block[at : at+group]
		for j := range four {
			four[j] = zero
			if i < len(codes) {
				four[j] = byte((int(codes[i]) + zero) & 0xFF)
			}
			i++
		}
	}
}

// Get reads a row of a block into codes.
func Get(block []byte, lane int, codes []int8) {
	check(block, lane, len(codes))
	at := lane * group
	for ; len(codes) >= group; codes = codes[group:] {
		four := block[at : at+group]
		codes[0], codes[1], codes[2], codes[3] = code(four[0]), code(four[1]), code(four[2]), code(four[3])
		at += groupSize
	}
	for i := range codes {
		codes[i] = code(block[at+i])
	}
}

func code(b byte) int8 { return int8(int(b) - zero) } //nolint:gosec // -128..127

// Clear empties a row of a block: every code is 0.
func Clear(block []byte, lane int) {
	for at := lane * group; at < len(block); at += groupSize {
		binary.LittleEndian.PutUint32(block[at:], 0x80808080)
	}
}

func check(block []byte, lane, dim int) {
	if len(block) != BlockSize(dim) || lane < 0 || lane >= Lanes {
		panic("scan: a row that is not of this block")
	}
}

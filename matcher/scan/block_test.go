package scan

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func randomCodes(r *rand.Rand, dim int) []int8 {
	codes := make([]int8, dim)
	for i := range codes {
		codes[i] = int8(r.IntN(255) - 127)
	}
	return codes
}

// extremeCodes have no value but the two farthest.
func extremeCodes(r *rand.Rand, dim int) []int8 {
	codes := slices.Repeat([]int8{127}, dim)
	switch r.IntN(3) {
	case 0:
		for i := range codes {
			codes[i] = -127
		}
	case 1:
		for i := range codes {
			codes[i] *= int8(1 - 2*r.IntN(2))
		}
	}
	return codes
}

func someCodes(r *rand.Rand, dim int) []int8 {
	if r.IntN(3) == 0 {
		return extremeCodes(r, dim)
	}
	return randomCodes(r, dim)
}

// fill lays rows out in blocks.
func fill(rows [][]int8, dim int) []byte {
	size := BlockSize(dim)
	blocks := make([]byte, (len(rows)+Lanes-1)/Lanes*size)
	for b := range len(blocks) / size {
		for lane := range Lanes {
			if block := blocks[b*size:][:size]; b*Lanes+lane < len(rows) {
				Set(block, lane, rows[b*Lanes+lane])
			} else {
				Clear(block, lane)
			}
		}
	}
	return blocks
}

func TestRowsOfABlock(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, dim := range []int{1, 3, 4, 5, 127, 128, 4096} {
		rows := make([][]int8, Lanes)
		for i := range rows {
			rows[i] = someCodes(r, dim)
		}
		block := fill(rows, dim)
		rows[3] = randomCodes(r, dim)
		Set(block, 3, rows[3])
		Clear(block, 5)
		clear(rows[5])
		for lane, want := range rows {
			got := randomCodes(r, dim)
			if Get(block, lane, got); !slices.Equal(got, want) {
				t.Errorf("row %d of %d dimensions: %v, want %v", lane, dim, got, want)
			}
		}
	}
}

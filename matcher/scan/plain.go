package scan

import "encoding/binary"

// Of 8 bytes, the first of each row's four.
const firstOfFour = 0x000000FF_000000FF

// plainPass is the kernel in plain Go.
func plainPass(blocks []byte, dim int, queries []Query, hits [][]Hit, first uint32) {
	size := BlockSize(dim)
	for ; len(blocks) > 0; blocks = blocks[size:] {
		for i, q := range queries {
			for lane := 0; lane < Lanes; lane += 8 {
				hits[i] = plainEight(blocks[lane*group:size], q, hits[i], first+uint32(lane))
			}
		}
		first += Lanes
	}
}

// plainEight appends the hits among 8 neighbouring rows of a block, given from
// their first byte on. A product of 64 bits does two rows at once: the sum of
// one is in the lower half and of the other in the upper, less 1 where the
// lower is negative.
func plainEight(block []byte, q Query, hits []Hit, first uint32) []Hit {
	var a, b, c, d, bias int64
	for codes := q.Codes; len(codes) > 0; {
		var four [group]int8
		codes = codes[copy(four[:], codes):]
		q0, q1, q2, q3 := int64(four[0]), int64(four[1]), int64(four[2]), int64(four[3])
		bias += q0 + q1 + q2 + q3
		rows := block[:8*group]
		a += twoRows(binary.LittleEndian.Uint64(rows[0:]), q0, q1, q2, q3)
		b += twoRows(binary.LittleEndian.Uint64(rows[8:]), q0, q1, q2, q3)
		c += twoRows(binary.LittleEndian.Uint64(rows[16:]), q0, q1, q2, q3)
		d += twoRows(binary.LittleEndian.Uint64(rows[24:]), q0, q1, q2, q3)
		block = block[min(groupSize, len(block)):]
	}
	for i, sum := range [4]int64{a, b, c, d} {
		low := int64(int32(sum)) //nolint:gosec // the lower half, with its sign
		for j, dot := range [2]int64{low, (sum - low) >> 32} {
			if dot -= zero * bias; dot >= int64(q.Cut) {
				hits = append(hits, Hit{Row: first + uint32(2*i+j), Dot: int32(dot)}) //nolint:gosec // at most 2^26
			}
		}
	}
	return hits
}

// twoRows is the products of four components of two rows with the query's.
func twoRows(x uint64, q0, q1, q2, q3 int64) int64 {
	return int64(x&firstOfFour)*q0 + int64(x>>8&firstOfFour)*q1 +
		int64(x>>16&firstOfFour)*q2 + int64(x>>24&firstOfFour)*q3
}

// plainRead reads all of b.
func plainRead(b []byte) uint64 {
	var s, t, u, v uint64
	for ; len(b) >= 32; b = b[32:] {
		s += binary.LittleEndian.Uint64(b)
		t += binary.LittleEndian.Uint64(b[8:])
		u += binary.LittleEndian.Uint64(b[16:])
		v += binary.LittleEndian.Uint64(b[24:])
	}
	for _, x := range b {
		s += uint64(x)
	}
	return s + t + u + v
}

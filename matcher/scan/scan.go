package scan

import "slices"

// Query is what a pass looks for.
type Query struct {
	Codes []int8 // -127..127, one a component
	Cut   int32  // the least product that makes a row a hit
}

// Hit is a row whose product with a query reaches its cut.
type Hit struct {
	Row uint32 // counted from the first block given
	Dot int32
}

// step is the rows of one call of a kernel: enough that the call costs nothing
// beside them, few enough that the room kept for their hits is small.
const step = 4096

// Scan appends to hits[i] the rows of blocks that are hits of queries[i], in
// their order. Blocks are of rows of dim components, 1 to 4096, and there are 1
// to 8 queries. It panics if the sizes don't fit or the CPU hasn't got k. It
// allocates only where a list of hits has less room than the rows of a step,
// 4096 or all that there are.
func (k Kernel) Scan(blocks []byte, dim int, queries []Query, hits [][]Hit) {
	k.check(blocks, dim, queries, hits)
	size := BlockSize(dim)
	for first := 0; len(blocks) > 0; first += step {
		n := min(len(blocks), step/Lanes*size)
		for i := range hits {
			hits[i] = slices.Grow(hits[i], n/size*Lanes)
		}
		k.pass(blocks[:n], dim, queries, hits, uint32(first))
		blocks = blocks[n:]
	}
}

func (k Kernel) check(blocks []byte, dim int, queries []Query, hits [][]Hit) {
	switch {
	case !k.available():
		panic("scan: this CPU has no kernel " + string(k))
	case dim < 1 || dim > maxDim || len(blocks)%BlockSize(dim) != 0:
		panic("scan: blocks of another size")
	case len(blocks)/Width(dim) > 1<<32:
		panic("scan: more rows than a hit can name")
	case len(queries) < 1 || len(queries) > MaxQueries || len(hits) != len(queries):
		panic("scan: a wrong number of queries")
	}
	for _, q := range queries {
		if len(q.Codes) != dim {
			panic("scan: a query of another dimension")
		}
	}
}

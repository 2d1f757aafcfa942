//go:build !amd64 || !cgo

package scan

func (k Kernel) available() bool { return k == Go }

func (k Kernel) pass(blocks []byte, dim int, queries []Query, hits [][]Hit, first uint32) {
	plainPass(blocks, dim, queries, hits, first)
}

// Read reads all of b as fast as it can, for a measure of the memory's speed.
// What it returns only keeps the reading from being left out.
func Read(b []byte) uint64 { return plainRead(b) }

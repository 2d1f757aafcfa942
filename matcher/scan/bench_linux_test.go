package scan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	benchRows = 1_000_000
	benchDim  = 128
)

// table is a million rows as a service would keep them: off the Go heap, in
// large pages if the system has them.
func table(b *testing.B) []byte {
	b.Helper()
	t, err := unix.Mmap(-1, 0, benchRows/Lanes*BlockSize(benchDim), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = unix.Munmap(t) })
	_ = unix.Madvise(t, unix.MADV_HUGEPAGE)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range t {
		t[i] = byte(1 + r.IntN(255))
	}
	return t
}

// BenchmarkScan is the time of a pass over a million rows of 128 components
// with hardly a hit.
func BenchmarkScan(b *testing.B) {
	blocks := table(b)
	r := rand.New(rand.NewPCG(3, 4))
	for _, k := range Kernels() {
		for _, n := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", k, n), func(b *testing.B) {
				queries, hits := make([]Query, n), make([][]Hit, n)
				for i := range queries {
					queries[i] = Query{Codes: randomCodes(r, benchDim), Cut: 350_000}
				}
				b.SetBytes(int64(len(blocks)))
				for b.Loop() {
					for i := range hits {
						hits[i] = hits[i][:0]
					}
					k.Scan(blocks, benchDim, queries, hits)
				}
				b.ReportMetric(float64(len(hits[0])), "hits")
			})
		}
	}
}

// BenchmarkRead is the memory's speed, which a scan's is held against.
func BenchmarkRead(b *testing.B) {
	blocks := table(b)
	b.SetBytes(int64(len(blocks)))
	for b.Loop() {
		Read(blocks)
	}
}

// BenchmarkCall is what a call costs beside its rows: there are 16 only.
func BenchmarkCall(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	blocks := make([]byte, BlockSize(benchDim))
	for _, k := range Kernels() {
		for _, n := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", k, n), func(b *testing.B) {
				queries, hits := make([]Query, n), make([][]Hit, n)
				for i := range queries {
					queries[i] = Query{Codes: randomCodes(r, benchDim), Cut: math.MaxInt32}
				}
				b.ReportAllocs()
				for b.Loop() {
					k.Scan(blocks, benchDim, queries, hits)
				}
			})
		}
	}
}

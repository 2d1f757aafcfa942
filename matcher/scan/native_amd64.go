package scan

/*
#cgo CFLAGS: -std=gnu11 -O3 -Wall
#cgo noescape scan_avx512
#cgo nocallback scan_avx512
#cgo noescape scan_avx2
#cgo nocallback scan_avx2
#cgo noescape read_avx512
#cgo nocallback read_avx512
#cgo noescape read_avx2
#cgo nocallback read_avx2
#include "kernels.h"
*/
import "C"

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

func (k Kernel) available() bool {
	switch k {
	case AVX512:
		return cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VNNI
	case AVX2:
		return cpu.X86.HasAVX2
	}
	return k == Go
}

// pass runs k over blocks, which are not none. Every list of hits has room for
// all rows.
func (k Kernel) pass(blocks []byte, dim int, queries []Query, hits [][]Hit, first uint32) {
	if k == Go {
		plainPass(blocks, dim, queries, hits, first)
		return
	}
	p := C.pass{
		blocks:  (*C.uint8_t)(unsafe.SliceData(blocks)),
		count:   C.size_t(len(blocks) / BlockSize(dim)),
		dim:     C.size_t(dim),
		queries: C.size_t(len(queries)),
		first:   C.uint32_t(first),
	}
	for i, q := range queries {
		p.codes[i] = (*C.int8_t)(unsafe.SliceData(q.Codes))
		p.cut[i] = C.int32_t(q.Cut)
		p.hits[i] = (*C.hit)(unsafe.Pointer(unsafe.SliceData(hits[i][len(hits[i]):cap(hits[i])])))
	}
	var found [MaxQueries]C.uint32_t
	if k == AVX512 {
		C.scan_avx512(p, &found[0])
	} else {
		C.scan_avx2(p, &found[0])
	}
	for i := range hits {
		hits[i] = hits[i][:len(hits[i])+int(found[i])]
	}
}

// chunk is what the native readers take at a time, in bytes.
const chunk = 512

// Read reads all of b as fast as it can, for a measure of the memory's speed.
// What it returns only keeps the reading from being left out.
func Read(b []byte) uint64 {
	n := C.size_t(len(b) / chunk)
	data := (*C.uint8_t)(unsafe.SliceData(b))
	rest := plainRead(b[len(b)/chunk*chunk:])
	switch Best() {
	case AVX512:
		return rest + uint64(C.read_avx512(data, n))
	case AVX2:
		return rest + uint64(C.read_avx2(data, n))
	}
	return plainRead(b)
}

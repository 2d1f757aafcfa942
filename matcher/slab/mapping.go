package slab

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"oblik/models"
)

// hugePage is the size of the large pages of x86-64 and of most others.
const hugePage = 2 << 20

const (
	access  = unix.PROT_READ | unix.PROT_WRITE
	private = unix.MAP_PRIVATE | unix.MAP_ANON
)

// newMapping maps size bytes of zeroes, which cost nothing until they are touched.
func newMapping(size int) ([]byte, error) {
	mem, err := unix.MmapPtr(-1, 0, nil, uintptr(size), access, private)
	if err != nil {
		return nil, models.Errorf("memory", models.Unavailable, "the system gives no %d bytes: %w", size, err)
	}
	return unsafe.Slice((*byte)(mem), size), nil //nolint:gosec // as long as what was mapped
}

// newAligned maps size bytes and asks for large pages for the first huge of
// them, if those fill some: a scan that reads from end to end then hardly ever
// waits for an address to be looked up.
func newAligned(size, huge int) ([]byte, error) {
	size, huge = pages(size), min(huge, size)&^(hugePage-1)
	if huge == 0 {
		return newMapping(size)
	}
	wide, err := newMapping(size + hugePage)
	if err != nil {
		return nil, err
	}
	start := -int(uintptr(unsafe.Pointer(&wide[0]))) & (hugePage - 1) //nolint:gosec // only its low bits count
	release(wide[:start])
	release(wide[start+size:])
	mem := wide[start : start+size : start+size]
	_ = unix.Madvise(mem[:huge], unix.MADV_HUGEPAGE) // a system without them is only slower
	return mem, nil
}

// grow makes a mapping longer without copying it; its address may change.
func grow(mem []byte, size int) ([]byte, error) {
	if mem == nil {
		return newMapping(size)
	}
	p, err := unix.MremapPtr(unsafe.Pointer(&mem[0]), uintptr(len(mem)), nil, uintptr(size), unix.MREMAP_MAYMOVE) //nolint:gosec // size > 0
	if err != nil {
		return nil, models.Errorf("memory", models.Unavailable, "the system gives no %d bytes: %w", size, err)
	}
	return unsafe.Slice((*byte)(p), size), nil //nolint:gosec // as long as what was mapped
}

// release gives memory back. Where the system can't cut a mapping in two, since the
// process has as many as it may, only the addresses are lost.
func release(mem []byte) {
	if len(mem) == 0 {
		return
	}
	err := unix.MunmapPtr(unsafe.Pointer(&mem[0]), uintptr(len(mem))) //nolint:gosec // mapped by newMapping
	if err != nil && unix.Madvise(mem, unix.MADV_DONTNEED) != nil {
		panic("slab: " + err.Error()) // it was never mapped
	}
}

// pages is size rounded up to whole pages.
func pages(size int) int {
	page := unix.Getpagesize()
	return (size + page - 1) / page * page
}

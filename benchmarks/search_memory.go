package benchmarks

import (
	"os"
	"regexp"
	"runtime/debug"
	"strconv"

	"golang.org/x/sys/unix"

	"oblik/models"
)

// residentNow is this process's resident memory in bytes, without what Go has
// not yet given back.
func residentNow() int64 {
	debug.FreeOSMemory()
	return int64(resident(os.Getpid()) * (1 << 20))
}

var filesLine = regexp.MustCompile(`(?m)^RssFile:\s+(\d+) kB$`)

// residentFiles is how much of it is the program's and its libraries' files,
// which other processes of the same program share; 0 where that is not known.
func residentFiles() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	line := filesLine.FindSubmatch(status)
	if line == nil {
		return 0
	}
	kib, err := strconv.ParseInt(string(line[1]), 10, 53)
	if err != nil {
		return 0
	}
	return kib << 10
}

// pages are bytes in memory of their own, in huge pages where the system has
// them, as an index's are; every byte is written once.
func pages(n int) (b []byte, free func(), err error) {
	b, err = unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, nil, models.Errorf("bench", models.Unavailable, "%w", err)
	}
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // it is as right without, only slower
	for i := range b {
		b[i] = byte(i)
	}
	return b, func() { _ = unix.Munmap(b) }, nil
}

package worker

import (
	"errors"
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// pipeBytes is what the pipe to a child holds, so that most photographs go in
// one system call. It is the most that the kernel gives without privileges.
const pipeBytes = 1 << 20

// enlarge makes a pipe hold more. The kernel may refuse, which costs some
// tenths of a millisecond a photograph.
func enlarge(pipe *os.File) {
	if raw, err := pipe.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeBytes) })
	}
}

// handNothingDown keeps descriptors that this process was started with itself,
// such as a socket from systemd, from the programs that it starts; Go opens its
// own so. Kernels before 5.11 can't, and lack the sandbox, too.
func handNothingDown() error {
	if err := unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("descriptors are handed down: %w", err)
	}
	return nil
}

// sendFrame is writeFrame on a pipe: one system call and no copy in Go. The
// kernel's own two copies take 0.04 ms for 280 kB and 1.2 ms for 6 MB. vmsplice
// would save one of them, but lend the pages themselves: a child taken over
// could answer first and read them later, when they hold something else of the
// service's. Shared memory would save one too, for as much more memory a worker
// as the largest photograph has.
func sendFrame(pipe *os.File, data []byte) error {
	length, err := frameHead(data)
	if err != nil {
		return err
	}
	raw, err := pipe.SyscallConn()
	if err != nil {
		return err
	}
	parts := [][]byte{length[:], data}
	var failed error
	err = raw.Write(func(fd uintptr) (done bool) { // called again when there is room
		for len(parts[0])+len(parts[1]) > 0 {
			n, err := unix.Writev(int(fd), parts)
			if errors.Is(err, unix.EAGAIN) {
				return false
			}
			if err != nil && !errors.Is(err, unix.EINTR) {
				failed = err
				return true
			}
			n = max(n, 0)
			first := min(n, len(parts[0]))
			parts[0], parts[1] = parts[0][first:], parts[1][n-first:]
		}
		return true
	})
	return errors.Join(err, failed)
}

// hangUp returns when nobody can write to the pipe any more, whether it is
// being read meanwhile or not.
func hangUp(pipe *os.File) error {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return err
	}
	failed := error(unix.EINTR)
	err = raw.Control(func(fd uintptr) {
		for errors.Is(failed, unix.EINTR) {
			_, failed = unix.Poll([]unix.PollFd{{Fd: int32(fd)}}, -1) //nolint:gosec // a descriptor
		}
	})
	return errors.Join(err, failed)
}

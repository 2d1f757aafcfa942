package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// closeInherited closes what the process was started with beyond its three
// pipes: what has come through an exec is not marked to be closed at one, and
// Go marks all that it opens. It gives the highest descriptor that stays.
func closeInherited() (last int, err error) {
	open, err := descriptors()
	if err != nil {
		return 0, err
	}
	last = 2
	var failed error
	for _, fd := range open {
		if fd <= 2 {
			continue
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if errors.Is(err, unix.EBADF) {
			continue // the one that listed them
		}
		if err == nil && flags&unix.FD_CLOEXEC == 0 {
			if err = unix.Close(fd); err == nil {
				continue
			}
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("descriptor %d: %w", fd, err))
		}
		last = max(last, fd)
	}
	return last, failed
}

// descriptors are those that are open.
func descriptors() ([]int, error) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, err
	}
	open := make([]int, 0, len(entries))
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd < 0 || fd >= 1<<20 {
			return nil, fmt.Errorf("descriptor %q", e.Name())
		}
		open = append(open, fd)
	}
	return open, nil
}

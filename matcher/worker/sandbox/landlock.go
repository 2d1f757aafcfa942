package sandbox

import (
	"errors"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// newestABI is the newest that go-landlock 0.11 knows.
const newestABI = 11

// restrictPaths denies every path, every port and every signal to others that
// the kernel's Landlock knows of, and gives its ABI.
func restrictPaths() (int, error) {
	abi, err := ll.LandlockGetABIVersion()
	switch {
	case errors.Is(err, unix.ENOSYS):
		return 0, errors.New("the kernel has none (Linux 5.13 brought it)")
	case errors.Is(err, unix.EOPNOTSUPP):
		return 0, errors.New("it was not enabled when the machine started")
	case errors.Is(err, unix.EPERM):
		return 0, errors.New("forbidden here, perhaps by a container's profile")
	case err != nil:
		return 0, err
	case abi < 1:
		return 0, errors.New("the kernel has none")
	}
	if err := landlock.V11.BestEffort().Restrict(); err != nil {
		return 0, err
	}
	return inForce(abi), nil
}

// inForce is the ABI that go-landlock makes of the kernel's: a kernel whose
// scope of signals is at fault is used as if of ABI 5.
func inForce(abi int) int {
	const signalsMended = 2
	if errata, err := ll.LandlockGetErrata(); abi > 5 && (err != nil || errata&signalsMended == 0) {
		return 5
	}
	return min(abi, newestABI)
}

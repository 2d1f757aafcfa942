package sandbox

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// dropCapabilities takes the administrator's rights, if the service was started
// with any, from every thread; the ambient ones go with them. Those of the
// bounding set can't be had any more, since nothing can be executed.
func dropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3} // of the calling thread
	var none [2]unix.CapUserData
	_, _, errno := psx.Syscall3(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none[0])), 0) //nolint:gosec // as a system call takes them
	if errno != 0 {
		return fmt.Errorf("refused: %w", errno)
	}
	return nil
}

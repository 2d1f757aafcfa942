package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// sealCode takes the right to write from all code: OpenVINO leaves what it has
// compiled, some 30 MB, writable and executable, and who writes to it has new
// code without asking the kernel. It does not write there again once its
// networks have run.
func sealCode() error {
	const ask, readImpliesExec = 0xffffffff, 0x0400000
	persona, _, errno := unix.Syscall(unix.SYS_PERSONALITY, ask, 0, 0)
	if errno != 0 || persona&readImpliesExec != 0 { // the filter could not see what is executable
		return errors.New("the process was started with a personality that makes all memory executable")
	}
	found, err := writableCode()
	if err != nil {
		return err
	}
	for _, m := range found {
		right := uintptr(unix.PROT_READ | unix.PROT_EXEC)
		if m.stack {
			right = unix.PROT_READ | unix.PROT_WRITE
		}
		if _, _, errno := unix.Syscall(unix.SYS_MPROTECT, m.from, m.to-m.from, right); errno != 0 {
			return fmt.Errorf("a mapping of %d kB stays so: %w", (m.to-m.from)>>10, errno)
		}
	}
	if found, err = writableCode(); err == nil && len(found) > 0 {
		err = fmt.Errorf("%d mappings stay so", len(found))
	}
	return err
}

// mapping is a range of addresses.
type mapping struct {
	from, to uintptr
	stack    bool // of the first thread, executable if a library asks for it
}

// writableCode are the mappings that can be both written to and executed.
func writableCode() ([]mapping, error) {
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return nil, err
	}
	defer maps.Close() //nolint:errcheck // only read
	var found []mapping
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		var m mapping
		var rights string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &m.from, &m.to, &rights); err != nil {
			return nil, errors.New("the kernel's list of mappings can't be read")
		}
		if strings.Contains(rights, "w") && strings.Contains(rights, "x") {
			m.stack = strings.HasSuffix(lines.Text(), "[stack]")
			found = append(found, m)
		}
	}
	return found, lines.Err()
}

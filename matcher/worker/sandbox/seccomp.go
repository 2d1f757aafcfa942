package sandbox

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// filterCalls puts the filter on every thread. It makes the system call
// itself: go-seccomp-bpf 1.6 takes the number of a thread that could not be
// bound for success.
func filterCalls() error {
	filter, err := program(os.Getpid())
	if err != nil {
		return err
	}
	raw, err := bpf.Assemble(filter)
	if err != nil {
		return err
	}
	if len(raw) > 4096 {
		return fmt.Errorf("a filter of %d instructions", len(raw))
	}
	code := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		code[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	prog := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]} //nolint:gosec // at most 4096
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&prog))) //nolint:gosec // as a system call takes it
	switch {
	case errno == unix.ENOSYS || errno == unix.EINVAL:
		return errors.New("the kernel has no filter for all threads")
	case errno != 0:
		return fmt.Errorf("refused: %w", errno)
	case thread != 0:
		return fmt.Errorf("thread %d has a filter of its own", thread)
	}
	return nil
}

// program is the filter: calls of another architecture's kind end the process;
// then those whose arguments matter, then the lists.
func program(pid int) ([]bpf.Instruction, error) {
	info, err := arch.GetInfo("") // of this machine
	if err != nil {
		return nil, err
	}
	lists := lists(info)
	rest, err := lists.Assemble() // loads the number anew
	if err != nil {
		return nil, err
	}
	const archAt, x32 = 4, 0x40000000 // struct seccomp_data; the numbers of x32 have this bit
	filter := []bpf.Instruction{
		bpf.LoadAbsolute{Off: archAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(info.ID), SkipTrue: 1},
		returning(seccomp.ActionKillProcess),
		bpf.LoadAbsolute{Off: numberAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: x32, SkipTrue: 1},
		returning(seccomp.ActionKillProcess),
	}
	for _, c := range conditional(uint32(pid)) { //nolint:gosec // a process id
		if number, ok := info.SyscallNames[c.name]; ok {
			filter = append(filter, c.assemble(uint32(number))...) //nolint:gosec // a system call's number
		}
	}
	return append(filter, rest...), nil
}

// lists is the part of the filter that looks at the number alone. A call in no
// list is refused with EPERM, which native code takes for "not here".
func lists(info *arch.Info) seccomp.Policy {
	return seccomp.Policy{
		DefaultAction: seccomp.ActionErrno,
		Syscalls: []seccomp.SyscallGroup{
			{Action: seccomp.ActionAllow, Names: existing(info, allowed)},
			// so that the C library takes clone, whose flags a filter can see
			{Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS), Names: existing(info, []string{"clone3"})},
			{Action: seccomp.ActionKillProcess, Names: existing(info, fatal)},
		},
	}
}

// existing are those of the names that the architecture has: arm64 lacks what
// had been replaced before it came.
func existing(info *arch.Info, names []string) []string {
	var list []string
	for _, n := range names {
		if _, ok := info.SyscallNames[n]; ok {
			list = append(list, n)
		}
	}
	return list
}

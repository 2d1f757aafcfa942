package sandbox

import (
	"encoding/binary"
	"runtime"
	"slices"
	"testing"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

const (
	allow  = int(seccomp.ActionAllow)
	refuse = int(seccomp.ActionErrno) | int(unix.EPERM)
	absent = int(seccomp.ActionErrno) | int(unix.ENOSYS)
	end    = int(seccomp.ActionKillProcess)
	ourPID = 4321
)

// data is a struct seccomp_data as Go's BPF machine reads it: each half of an
// argument as a big-endian number.
func data(number, audit uint32, args ...uint64) []byte {
	b := make([]byte, 64)
	binary.BigEndian.PutUint32(b, number)
	binary.BigEndian.PutUint32(b[4:], audit)
	for i, a := range args {
		binary.BigEndian.PutUint32(b[16+8*i:], uint32(a))
		binary.BigEndian.PutUint32(b[20+8*i:], uint32(a>>32))
	}
	return b
}

func TestWhatTheFilterAnswers(t *testing.T) {
	info, err := arch.GetInfo("")
	if err != nil {
		t.Skipf("no system calls are known for %s: %v", runtime.GOARCH, err)
	}
	filter, err := program(ourPID)
	if err != nil {
		t.Fatal(err)
	}
	machine, err := bpf.NewVM(filter)
	if err != nil {
		t.Fatal(err)
	}
	run := func(in []byte) int {
		got, err := machine.Run(in)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	threads := uint64(unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_THREAD | unix.CLONE_SYSVSEM)
	for _, c := range []struct {
		name string
		want int
		args []uint64
	}{
		{"read", allow, nil},
		{"futex", allow, nil},
		{"futex", allow, []uint64{1, 128}},
		{"futex", allow, []uint64{1, 128 | 256 | 9}},
		{"futex", refuse, []uint64{1, 6}},
		{"futex", refuse, []uint64{1, 128 | 13}},
		{"futex", refuse, []uint64{1, 512}},
		{"madvise", allow, []uint64{0, 4096, unix.MADV_DONTNEED}},
		{"madvise", refuse, []uint64{0, 4096, unix.MADV_HWPOISON}},
		{"madvise", refuse, []uint64{0, 4096, unix.MADV_MERGEABLE}},
		{"exit_group", allow, nil},
		{"mmap", allow, []uint64{0, 4096, unix.PROT_READ | unix.PROT_WRITE, unix.MAP_PRIVATE | unix.MAP_ANON | unix.MAP_NORESERVE}},
		{"mmap", refuse, []uint64{0, 4096, unix.PROT_READ | unix.PROT_EXEC, unix.MAP_PRIVATE}},
		{"mmap", refuse, []uint64{0, 4096, 1<<32 | unix.PROT_EXEC, unix.MAP_PRIVATE}},
		{"mmap", refuse, []uint64{0, 4096, unix.PROT_READ, unix.MAP_SHARED | unix.MAP_ANON}},
		{"mmap", refuse, []uint64{0, 4096, unix.PROT_READ, unix.MAP_SHARED_VALIDATE | unix.MAP_ANON}},
		{"mmap", refuse, []uint64{0, 4096, unix.PROT_READ, unix.MAP_PRIVATE | unix.MAP_GROWSDOWN}},
		{"mmap", refuse, []uint64{0, 4096, unix.PROT_READ, unix.MAP_PRIVATE | unix.MAP_HUGETLB}},
		{"mmap", refuse, []uint64{0, 4096, unix.PROT_READ, unix.MAP_DROPPABLE | unix.MAP_ANON}},
		{"mprotect", allow, []uint64{0, 4096, 0}},
		{"mprotect", refuse, []uint64{0, 4096, unix.PROT_EXEC}},
		{"clone", allow, []uint64{threads}},
		{"clone", end, []uint64{uint64(unix.SIGCHLD)}},
		{"clone", end, []uint64{threads | unix.CLONE_NEWUSER}},
		{"clone", end, []uint64{threads << 32}},
		{"clone3", absent, nil},
		{"kill", allow, []uint64{ourPID, 6}},
		{"kill", end, []uint64{ourPID + 1, 6}},
		{"kill", end, []uint64{1<<64 - 1, 6}},
		{"tgkill", allow, []uint64{ourPID, 5000, 23}},
		{"tgkill", end, []uint64{1, 1, 23}},
		{"prctl", allow, []uint64{nameMapping}},
		{"prctl", allow, []uint64{unix.PR_SET_NAME}},
		{"prctl", refuse, []uint64{unix.PR_SET_DUMPABLE, 1}},
		{"prctl", refuse, []uint64{unix.PR_SET_SECCOMP}},
		{"prlimit64", allow, []uint64{0, unix.RLIMIT_STACK, 0, 1 << 40}},
		{"prlimit64", refuse, []uint64{0, unix.RLIMIT_AS, 1 << 40, 0}},
		{"prlimit64", refuse, []uint64{0, unix.RLIMIT_AS, 4096, 0}},
		{"prlimit64", refuse, []uint64{1, unix.RLIMIT_AS, 0, 0}},
		{"fcntl", allow, []uint64{0, unix.F_GETFL}},
		{"fcntl", refuse, []uint64{0, unix.F_DUPFD}},
		{"openat", refuse, nil},
		{"newfstatat", refuse, nil},
		{"setrlimit", refuse, nil},
		{"ioctl", refuse, nil},
		{"execve", end, nil},
		{"socket", end, nil},
		{"ptrace", end, nil},
		{"io_uring_setup", end, nil},
	} {
		number, ok := info.SyscallNames[c.name]
		if !ok {
			t.Errorf("there is no %s", c.name)
			continue
		}
		if got := run(data(uint32(number), uint32(info.ID), c.args...)); got != c.want {
			t.Errorf("%s%v: %#x, want %#x", c.name, c.args, got, c.want)
		}
	}
	read := uint32(info.SyscallNames["read"])
	if got := run(data(read, uint32(arch.I386.ID))); got != end {
		t.Errorf("another architecture: %#x", got)
	}
	if got := run(data(read|0x40000000, uint32(info.ID))); got != end {
		t.Errorf("another ABI: %#x", got)
	}
	if got := run(data(9999, uint32(info.ID))); got != refuse {
		t.Errorf("a call that is not known yet: %#x", got)
	}
}

// An argument that is another call's number opens nothing: every call that is
// guarded is tried with every number there is as each argument.
func TestArgumentsAreNotNumbers(t *testing.T) {
	info, err := arch.GetInfo("")
	if err != nil {
		t.Skip(err)
	}
	filter, err := program(ourPID)
	if err != nil {
		t.Fatal(err)
	}
	machine, err := bpf.NewVM(filter)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range conditional(ourPID) {
		number, ok := info.SyscallNames[g.name]
		if !ok {
			continue
		}
		for position := range 4 {
			for value := range uint64(512) {
				args := make([]uint64, 4)
				args[position] = value
				got, err := machine.Run(data(uint32(number), uint32(info.ID), args...))
				if err != nil {
					t.Fatal(err)
				}
				if allowed := g.holds(args); (got == allow) != allowed {
					t.Fatalf("%s%v: %#x", g.name, args, got)
				}
			}
		}
	}
}

// holds says the same as the assembled filter, in plain Go.
func (g guarded) holds(args []uint64) bool {
	return slices.ContainsFunc(g.ways, func(tests []test) bool {
		return !slices.ContainsFunc(tests, func(x test) bool {
			half := uint32(args[(x.at-16)/8] >> (8 * ((x.at - 16) % 8)))
			switch x.cond {
			case bpf.JumpEqual:
				return half != x.value
			case bpf.JumpBitsSet:
				return half&x.value == 0
			default: // JumpBitsNotSet
				return half&x.value != 0
			}
		})
	})
}

// The lists name calls that exist on both architectures or one, each once, and
// what both runtimes can't do without is there on both.
func TestListsOnBothArchitectures(t *testing.T) {
	all := slices.Concat(allowed, fatal, []string{"clone3"})
	for _, g := range conditional(1) {
		all = append(all, g.name)
	}
	for _, name := range all {
		_, x86 := arch.X86_64.SyscallNames[name]
		_, arm := arch.AARCH64.SyscallNames[name]
		if !x86 && !arm {
			t.Errorf("there is no call %s", name)
		}
	}
	slices.Sort(all)
	if once := slices.Compact(slices.Clone(all)); len(once) != len(all) {
		t.Error("a call is in two lists")
	}
	for _, name := range []string{"read", "write", "futex", "mmap", "munmap", "mprotect", "madvise", "clone", "exit", "exit_group", "nanosleep",
		"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "tgkill", "epoll_pwait", "getrandom", "ppoll", "sched_yield"} {
		for _, info := range []*arch.Info{arch.X86_64, arch.AARCH64} {
			if _, ok := info.SyscallNames[name]; !ok || !slices.Contains(all, name) {
				t.Errorf("%s has no %s", info.Name, name)
			}
		}
	}
}

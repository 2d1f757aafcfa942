package worker_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"oblik/matcher"
	"oblik/matcher/header"
	"oblik/matcher/worker/sandbox"
	"oblik/models"
)

// attempt is what somebody who has taken a worker over would try.
type attempt struct {
	name  string
	try   func() error // nil if it came to be
	kills bool         // it ends the worker; the others are refused
	loose bool         // without a sandbox it comes to be, which shows that the attempt is one
}

// Descriptors and mappings of before the sandbox was entered.
var (
	openFile, openDir = -1, -1
	code, reserve     []byte
)

const reserveBytes = sandbox.MinMemory + 512<<20

func call(number uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, errno := syscall.RawSyscall6(number, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
		return errno
	}
	return nil
}

func socket(domain, kind int) func() error {
	return func() error {
		_, err := unix.Socket(domain, kind, 0)
		return err
	}
}

// fork makes a process, which ends at once.
func fork() error {
	pid, _, errno := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	switch {
	case errno != 0:
		return errno
	case pid == 0:
		_, _, _ = syscall.RawSyscall(unix.SYS_EXIT, 0, 0, 0)
	}
	return nil
}

func execute() error {
	path, err := syscall.BytePtrFromString("/bin/true")
	if err != nil {
		return err
	}
	argv := [2]*byte{path, nil}
	return call(unix.SYS_EXECVE, uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&argv)), 0) //nolint:gosec // as a system call takes them
}

func readParent() error {
	var to [8]byte
	_, err := unix.ProcessVMReadv(os.Getppid(), []unix.Iovec{{Base: &to[0], Len: 8}}, []unix.RemoteIovec{{Base: 0x400000, Len: 8}}, 0)
	return err
}

func mapped(bytes, protection int) func() error {
	return func() error {
		memory, err := unix.Mmap(-1, 0, bytes, protection, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err == nil {
			err = unix.Munmap(memory)
		}
		return err
	}
}

func makeExecutable() error {
	memory, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return err
	}
	return unix.Mprotect(memory, unix.PROT_READ|unix.PROT_EXEC)
}

// mappedAs maps memory with other flags than private ones.
func mappedAs(flags int) func() error {
	return func() error {
		memory, err := unix.Mmap(-1, 0, 1<<20, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|flags)
		if err == nil {
			err = unix.Munmap(memory)
		}
		return err
	}
}

func lockWithPriority() error {
	var word uint32
	return call(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&word)), 6, 0, 0) //nolint:gosec // as a system call takes it
}

var kept []byte

func allocateInGo() error {
	kept = make([]byte, 2<<30)
	kept[len(kept)-1] = 1
	kept = nil
	runtime.GC()
	return nil
}

func opened(path string, flags int) func() error {
	return func() error {
		fd, err := unix.Open(path, flags, 0o600)
		if err == nil {
			err = unix.Close(fd)
		}
		return err
	}
}

// attempts are all there are; an image's length picks one of them.
func attempts() []attempt {
	const kills, loose = true, true
	temp := filepath.Join(os.TempDir(), fmt.Sprint("oblik-attempt-", os.Getpid()))
	parent := uintptr(os.Getppid())
	list := []attempt{
		{"read a file", opened("/etc/passwd", unix.O_RDONLY), false, loose},
		{"create a file", func() error {
			defer os.Remove(temp)
			return opened(temp, unix.O_CREAT|unix.O_WRONLY)()
		}, false, loose},
		{"open beside an open folder", func() error { _, err := unix.Openat(openDir, "passwd", unix.O_RDONLY, 0); return err }, false, loose},
		{"ask whether a file is there", func() error { var s unix.Stat_t; return unix.Stat("/etc/passwd", &s) }, false, loose},
		{"make a folder", func() error { defer os.Remove(temp); return unix.Mkdir(temp, 0o700) }, false, loose},
		{"write to an open file", func() error { _, err := unix.Write(openFile, make([]byte, 64)); return err }, false, loose},
		{"the parent's memory as a file", opened(fmt.Sprintf("/proc/%d/mem", parent), unix.O_RDONLY), false, false},
		{"TCP", socket(unix.AF_INET, unix.SOCK_STREAM), kills, loose},
		{"TCP over IPv6", socket(unix.AF_INET6, unix.SOCK_STREAM), kills, false},
		{"UDP", socket(unix.AF_INET, unix.SOCK_DGRAM), kills, loose},
		{"a unix socket", socket(unix.AF_UNIX, unix.SOCK_STREAM), kills, loose},
		{"a netlink socket", socket(unix.AF_NETLINK, unix.SOCK_RAW), kills, false},
		{"a pair of sockets", func() error { _, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0); return err }, kills, loose},
		{"connect", func() error { return unix.Connect(0, &unix.SockaddrInet4{Port: 80, Addr: [4]byte{127, 0, 0, 1}}) }, kills, false},
		{"execute a program", execute, kills, false},
		{"fork", fork, kills, loose},
		{"a thread in a namespace of its own", func() error { return unix.Unshare(unix.CLONE_NEWUSER) }, kills, false},
		{"trace the parent", func() error { return unix.PtraceSeize(int(parent)) }, kills, false},
		{"read the parent's memory", readParent, kills, false},
		{"signal the parent", func() error { return unix.Kill(int(parent), 0) }, kills, loose},
		{"signal everybody", func() error { return unix.Kill(-1, 0) }, kills, false},
		{"signal the parent's thread", func() error { return unix.Tgkill(int(parent), int(parent), 0) }, kills, loose},
		{"a descriptor of the parent", func() error { _, err := unix.PidfdOpen(int(parent), 0); return err }, kills, loose},
		{"a program in the kernel", func() error { return call(unix.SYS_BPF, 0, 0, 0) }, kills, false},
		{"an io_uring", func() error { return call(unix.SYS_IO_URING_SETUP, 1, 0) }, kills, false},
		{"mount", func() error { return unix.Mount("none", "/mnt", "tmpfs", 0, "") }, kills, false},
		{"another filter", func() error { return call(unix.SYS_SECCOMP, 0, 1, 0) }, kills, false},
		{"map 2 GB", mapped(2<<30, unix.PROT_READ|unix.PROT_WRITE), false, loose},
		{"reserve 2 GB", mapped(2<<30, unix.PROT_NONE), false, loose},
		{"allocate 2 GB in Go", allocateInGo, kills, loose},
		{"map new code", mapped(4096, unix.PROT_READ|unix.PROT_EXEC), false, loose},
		{"turn data into code", makeExecutable, false, loose},
		{"write to code", func() error { code[0] = 0xC3; return nil }, kills, loose},
		{"share memory", mappedAs(unix.MAP_SHARED), false, loose},
		{"a stack that grows", mappedAs(unix.MAP_PRIVATE | unix.MAP_GROWSDOWN), false, loose},
		{"a lock that passes priority on", lockWithPriority, false, loose},
		{"allow core dumps", func() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) }, false, loose},
		{"raise a limit", func() error { return unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 1, Max: 1}) }, false, loose},
		{"a file in memory", func() error { _, err := unix.MemfdCreate("x", 0); return err }, false, loose},
		{"a copy of a descriptor", func() error { _, err := unix.Dup(0); return err }, false, loose},
		{"a pipe", func() error { var p [2]int; return unix.Pipe2(p[:], 0) }, false, loose},
	}
	if runtime.GOARCH == "amd64" {
		list = append(list, attempt{"a call of another ABI (x32)", func() error { return call(0x40000000+unix.SYS_GETPID, 0) }, kills, false},
			attempt{"fork by its old name", func() error { return forkBy(57) }, kills, false},
			attempt{"vfork", func() error { return forkBy(58) }, kills, false})
	}
	return list
}

var errCame = models.Errorf("decode", models.DamagedImage, "it came to be")

// startThreads starts many that do nothing.
func startThreads() error {
	for range 200 + 2*runtime.NumCPU() {
		go func() {
			runtime.LockOSThread()
			long := unix.Timespec{Sec: 1000}
			_ = unix.Nanosleep(&long, nil)
		}()
	}
	return errCame
}

// fillReserve fills what was reserved at entry, past the limit of data: where
// not as much more may be mapped, the kernel does not count what is made writable.
func fillReserve() error {
	var own []byte // what is given back, so that Go's runtime does not run out first
	for {
		block, err := unix.Mmap(-1, 0, 64<<20, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
		if err != nil {
			break
		}
		own = block
	}
	if err := unix.Munmap(own); err != nil {
		return models.Errorf("decode", models.DamagedImage, "%w", err)
	}
	if err := unix.Mprotect(reserve, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return models.Errorf("decode", models.DamagedImage, "%w", err)
	}
	for i := 0; i < len(reserve); i += 4096 {
		reserve[i] = 1
	}
	return errCame
}

// forkBy must only be called where it is refused: what it makes goes on.
func forkBy(number uintptr) error { return call(number) }

// attemptBytes is the length of the photograph that asks for attempt 0 on the
// thread that extracts; those on an older thread follow the last one.
const attemptBytes = 1_100_000

// tempted is a decoder that makes the attempts.
type tempted struct {
	matcher.Decoder
	list  []attempt
	older chan func()
}

// Decode implements [matcher.Decoder]. What came of an attempt is told as the
// reason of a refusal.
func (d tempted) Decode(data []byte, info header.Info, shrink int) (*matcher.Image, error) {
	if len(data) == segfaultBytes {
		_ = unix.Kill(os.Getpid(), unix.SIGSEGV)
		select {}
	}
	switch len(data) {
	case sleepBytes:
		time.Sleep(time.Second)
	case hangBytes:
		select {}
	case threadBytes:
		return nil, startThreads()
	case fillBytes:
		return nil, fillReserve()
	case burnBytes:
		go func() {
			for {
				kept = kept[:0]
			}
		}()
		return nil, errCame
	}
	i := len(data) - attemptBytes
	if i < 0 || i >= 2*len(d.list) {
		return d.Decoder.Decode(data, info, shrink)
	}
	var err error
	try := d.list[i%len(d.list)].try
	if i < len(d.list) {
		err = try()
	} else {
		done := make(chan error)
		d.older <- func() { done <- try() }
		err = <-done
	}
	if err == nil {
		return nil, errCame
	}
	return nil, models.Errorf("decode", models.DamagedImage, "%w", err)
}

// temptedStages are made before the sandbox is entered: the older thread, which
// the C library started, and the open files.
func temptedStages() (matcher.Stages, error) {
	s := quickStages()
	older := make(chan func())
	started := make(chan bool)
	go func() {
		runtime.LockOSThread()
		started <- true
		for f := range older {
			f()
		}
	}()
	<-started
	s.Decoder = tempted{s.Decoder, attempts(), older}
	file, err := os.CreateTemp("", "oblik-attempt")
	if err != nil {
		return s, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return s, err
	}
	if openFile, err = unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 3); err != nil {
		return s, err
	}
	if openDir, err = unix.Open("/etc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return s, err
	}
	if code, err = unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE); err != nil {
		return s, err
	}
	reserve, err = unix.Mmap(-1, 0, reserveBytes, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	return s, err
}

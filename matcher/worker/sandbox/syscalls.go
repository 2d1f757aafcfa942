package sandbox

import (
	seccomp "github.com/elastic/go-seccomp-bpf"
	"golang.org/x/sys/unix"
)

// allowed may be called with any arguments: what workers of both engines were
// seen to call while they read photographs of all formats, and what the sources
// of Go's runtime and of glibc call seldom.
var allowed = []string{
	// memory; mmap, mprotect and madvise are conditional
	"brk", "munmap", "mremap",

	// threads; both runtimes start them as they need them. They wait by futex, which is conditional
	"set_robust_list", "rseq", "sched_yield", "sched_getaffinity", "gettid", "getpid", "exit", "exit_group",

	// signals: Go interrupts its own threads, C reports an abort by one
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",

	// time, where the kernel does not answer without a call
	"nanosleep", "clock_nanosleep", "clock_gettime", "gettimeofday", "time",

	// the pipes and what else is open, such as the cgroup's limit that Go looks
	// at now and then; nothing can be opened any more. fstat, not newfstatat: that
	// takes a path, which Landlock does not deny
	"read", "pread64", "write", "writev", "close", "fstat", "poll", "ppoll", "epoll_pwait", "epoll_ctl",

	// bytes for Go's hashes; how much memory there is, for the C library's sorting
	"getrandom", "sysinfo",
}

// Threads made by Go and glibc share everything (CLONE_THREAD) and get no
// namespace of their own.
const (
	newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
		unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET
	nameMapping = 0x53564D41 // PR_SET_VMA: Go names its memory
)

// uncounted are flags of mmap whose memory the limits do not count: shared
// mappings, stacks that grow, huge pages set aside, and what the kernel may drop.
const uncounted = unix.MAP_SHARED | unix.MAP_GROWSDOWN | unix.MAP_HUGETLB | unix.MAP_DROPPABLE

// waits are the operations of futex without those that pass priorities on, the
// part of the kernel's code that has often been at fault; nobody here needs
// them. The runtimes' most frequent ones come first.
func waits() []uint32 {
	const private, realtime, wait, wake, requeue, cmpRequeue, wakeOp, waitBitset, wakeBitset = 128, 256, 0, 1, 3, 4, 5, 9, 10
	var all []uint32
	for _, flags := range []uint32{private, private | realtime, 0, realtime} {
		for _, operation := range []uint32{wait, wake, waitBitset, wakeBitset, requeue, cmpRequeue, wakeOp} {
			all = append(all, operation|flags)
		}
	}
	return all
}

// conditional are the calls whose arguments matter, for the process numbered so.
func conditional(pid uint32) []guarded {
	const refuse, end = seccomp.ActionErrno, seccomp.ActionKillProcess
	return []guarded{
		// no new code; what is there stays
		{"mmap", [][]test{{lacks(2, unix.PROT_EXEC), has(3, unix.MAP_PRIVATE), lacks(3, uncounted)}}, refuse},
		{"mprotect", [][]test{{lacks(2, unix.PROT_EXEC)}}, refuse},
		// what Go and the C libraries advise; not what takes pages away from the whole machine
		{"madvise", anyOf(2, unix.MADV_DONTNEED, unix.MADV_FREE, unix.MADV_HUGEPAGE, unix.MADV_NOHUGEPAGE, unix.MADV_COLLAPSE), refuse},
		{"futex", anyOf(1, waits()...), refuse},
		// new threads, no new processes
		{"clone", [][]test{{has(0, unix.CLONE_THREAD), lacks(0, newNamespaces)}}, end},
		// signals to this process alone
		{"tgkill", [][]test{{is(0, pid)}}, end},
		{"kill", [][]test{{is(0, pid)}}, end},
		// OpenVINO binds its own threads to cores at each run
		{"sched_setaffinity", [][]test{{is(0, 0)}}, refuse},
		// names of memory (Go) and of threads
		{"prctl", [][]test{{is(0, nameMapping)}, {is(0, unix.PR_SET_NAME)}}, refuse},
		// reading our own limits: the C library does for a thread's stack
		{"prlimit64", [][]test{append(isNull(2), is(0, 0))}, refuse},
		{"fcntl", [][]test{{is(1, unix.F_GETFL)}, {is(1, unix.F_GETFD)}}, refuse},
	}
}

// fatal are calls that no decoder makes: whoever does has taken the worker
// over, so the process ends. The rest of what is not allowed is refused.
var fatal = []string{
	// other programs and processes; clone, kill and tgkill are above
	"execve", "execveat", "fork", "vfork",
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp",
	"tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_getfd", "pidfd_send_signal",

	// the network, and sockets of any kind
	"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
	"sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg",

	// other views of the system, and more rights in it
	"mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount",
	"fspick", "mount_setattr", "name_to_handle_at", "open_by_handle_at",
	"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset",

	// large and young parts of the kernel, and those for the administrator
	"bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "io_setup", "io_submit",
	"keyctl", "add_key", "request_key", "fanotify_init", "modify_ldt", "iopl", "ioperm", "vmsplice", "personality", "seccomp",
	"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load",
	"reboot", "swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "syslog", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
}

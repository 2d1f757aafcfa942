// Package sandbox takes from a process what it no longer needs, so that a
// photograph that takes over a native decoder has gained next to nothing. A
// worker calls [Enter] when its networks are loaded and warm; nothing it gives
// up there comes back. What is given up:
//
//   - files: none can be opened (Landlock; seccomp refuses open, too)
//   - the network, other processes, new programs: the system calls end the
//     process (seccomp), and Landlock denies TCP from its ABI 4 on and signals
//     and abstract sockets to others from ABI 6 on
//   - all system calls but the forty or so that the runtimes of Go and C need to
//     compute (syscalls.go)
//   - new code: no memory becomes executable any more, and what is, can't be
//     written to, what OpenVINO has compiled included (code.go)
//   - memory beyond a budget over what is mapped at entry (RLIMIT_AS and
//     RLIMIT_DATA): an allocation fails, and with it the worker at worst
//   - files made larger (RLIMIT_FSIZE), new descriptors (RLIMIT_NOFILE) and those
//     that the process was started with beyond 0, 1 and 2 (closed), core
//     dumps (RLIMIT_CORE and PR_SET_DUMPABLE, which also keeps other processes
//     of the same user from looking into this one), new privileges and the
//     administrator's (capabilities)
//
// It holds for all threads, those that native libraries had started included:
// the kernel hands the seccomp filter to every thread (TSYNC), and go-landlock
// makes every thread restrict itself where the kernel can't do so (before
// Landlock's ABI 8).
//
// # Modes and kernels
//
// [Require] wants all of the list above and fails without: Landlock of any ABI,
// seccomp for all threads and every limit. That is Linux 5.13 or newer with
// Landlock enabled at boot; Debian 12 (6.1, ABI 2) and Ubuntu 24.04 (6.8, ABI 4)
// are. [Try] takes what can be had and names the rest in [State].Missing: on a
// kernel before 5.13 or booted without Landlock, without /proc, or in a container
// whose own seccomp profile forbids these calls (older releases of Docker and
// Podman forbid Landlock's). [Off] leaves everything as it is.
//
// Landlock's ABIs: 1 denies files (Linux 5.13); 2 moving them between folders
// (5.19); 3 truncating them (6.2); 4 TCP bind and connect (6.7); 5 ioctl on
// devices (6.10); 6 abstract sockets and signals to processes outside (6.12);
// 7 changes only what the audit log says (6.15), 8 only how other threads are
// bound (7.0); 9 denies sockets by their path, 10 UDP. The highest there is, is
// taken. What an older one lacks is refused by the seccomp filter, so a lower ABI
// makes the second wall thinner, not the first. Below ABI 8 the process may, as
// far as Landlock is concerned, list its own /proc/PID/task: go-landlock needs
// it to bind other threads.
//
// # What it costs, and what it does not do
//
// Entering takes about 1 ms, and a system call afterwards some 40 ns more. On
// kernels before 5.16 a process with a seccomp filter also computes slower by
// some percent, since they turn off its speculative store bypass.
//
// Who has taken a worker over is inside with it: the photographs that come
// later can be read there and answers to them forged, until the worker ends.
// The code that is there can still be put together otherwise than it was meant.
//
// The limit on memory is one for a decoder's mistakes. Who has taken the process
// over can give up what is reserved and fill the address space that is left to
// the last page, VmSize at entry and the budget. Nor is there a limit on
// threads: RLIMIT_NPROC counts all processes of a user and not root's. For both,
// and for work that nobody asked for, the parent looks at its children
// (matcher/worker, watch.go).
package sandbox

package local

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"oblik/storage"
)

// That bytes are durable can't be seen by killing a process: the kernel keeps
// what was written. So fsync is made to fail, one file descriptor at a time,
// and what fails with it is what was waiting for it.

// Put waits for the bytes of its file and then for the name in the folder,
// Delete for the name's absence, and neither succeeds without.
func TestImagesWaitForTheDisk(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	there := put(t, s)
	gone := put(t, s)
	for name, test := range map[string]struct {
		run  func() error
		want []string // the ends of the names waited for
	}{
		"Put":       {func() error { _, err := s.Images().Put(ctx, storage.NewKey(), []byte("x")); return err }, []string{partial, "folder"}},
		"Put again": {func() error { _, err := s.Images().Put(ctx, there.Key, []byte("x")); return err }, []string{"folder"}},
		"Delete":    {func() error { return s.Images().Delete(ctx, gone.Key) }, []string{"folder"}},
	} {
		seen := map[string]bool{}
		for fd := 0; fd < 256 && len(seen) < len(test.want); fd++ {
			var failed *fs.PathError
			err := withoutFsync(t, fd, test.run)
			if !errors.As(err, &failed) {
				must(t, err)
				continue
			}
			if failed.Op != "sync" || !errors.Is(err, syscall.EIO) {
				t.Fatalf("%s failed otherwise: %v", name, err)
			}
			if strings.HasSuffix(failed.Path, partial) {
				seen[partial] = true
			} else {
				seen["folder"] = true
			}
		}
		for _, what := range test.want {
			if !seen[what] {
				t.Errorf("%s does not wait for the %s", name, what)
			}
		}
	}
	half, err := filepath.Glob(filepath.Join(dir, imagesDir, "*", "*"+partial))
	must(t, err)
	if len(half) != 0 {
		t.Errorf("failed Puts left %d half-written files", len(half))
	}
}

// withoutFsync runs f on a thread whose fsync of one file descriptor fails with
// EIO. The filter stays with the thread, which ends with its goroutine.
func withoutFsync(t *testing.T, fd int, f func() error) error {
	t.Helper()
	const load, equal, answer = syscall.BPF_LD | syscall.BPF_W | syscall.BPF_ABS, syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, syscall.BPF_RET
	const allow, fail = 0x7fff0000, 0x00050000 // linux/seccomp.h
	const number, argument = 0, 16             // offsets in struct seccomp_data, little-endian
	filter := []syscall.SockFilter{
		{Code: load, K: number},
		{Code: equal, K: syscall.SYS_FSYNC, Jf: 3},
		{Code: load, K: argument},
		{Code: equal, K: uint32(fd), Jf: 1},
		{Code: answer, K: fail | uint32(syscall.EIO)},
		{Code: answer, K: allow},
	}
	program := syscall.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	var refused syscall.Errno
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread is thrown away
		const noNewPrivileges, setSeccomp, byFilter = 38, 22, 2
		_, _, refused = syscall.RawSyscall6(syscall.SYS_PRCTL, noNewPrivileges, 1, 0, 0, 0, 0)
		if refused == 0 {
			_, _, refused = syscall.RawSyscall(syscall.SYS_PRCTL, setSeccomp, byFilter, uintptr(unsafe.Pointer(&program))) // #nosec G103 -- as prctl takes it
		}
		if refused != 0 {
			done <- nil
			return
		}
		done <- f()
	}()
	err := <-done
	if refused != 0 {
		t.Skipf("this kernel takes no seccomp filter: %v", refused)
	}
	return err
}

package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"oblik/matcher/header"
	"oblik/matcher/worker"
	"oblik/matcher/worker/sandbox"
	"oblik/models"
)

func childOf(kind string) func() *exec.Cmd {
	return func() *exec.Cmd { return exec.CommandContext(context.Background(), os.Args[0], kind) }
}

// A worker that somebody has taken over can do none of this, from the thread
// that extracts or from one that was there before; and the next photograph is
// answered.
func TestAttemptsAreStopped(t *testing.T) {
	p := poolOf(t, 1, 0, childOf("tempted"))
	list := attempts()
	for i := range 2 * len(list) {
		a, thread := list[i%len(list)], [2]string{"", ", older thread"}[i/len(list)]
		t.Run(a.name+thread, func(t *testing.T) {
			_, err := extract(p, padded(t, attemptBytes+i))
			switch {
			case a.kills && models.KindOf(err) != models.Crashed:
				t.Errorf("it did not end the worker: %v", err)
			case !a.kills && (models.KindOf(err) != models.DamagedImage || !refused(err)):
				t.Errorf("it was not refused: %v", err)
			}
			if _, err := extract(p, photograph(t)); err != nil {
				t.Errorf("the next photograph: %v", err)
			}
		})
	}
}

// refused tells the errors of a call that is not allowed.
func refused(err error) bool {
	for _, e := range []error{syscall.EPERM, syscall.EACCES, syscall.ENOMEM, syscall.EFBIG} {
		if strings.Contains(err.Error(), e.Error()) {
			return true
		}
	}
	return false
}

// Without a sandbox the attempts come to be, so the test above tests something.
func TestAttemptsComeToBeWithoutASandbox(t *testing.T) {
	p := poolOf(t, 1, 20*time.Second, childOf("tempted off"))
	for i, a := range attempts() {
		if !a.loose {
			continue
		}
		if _, err := extract(p, padded(t, attemptBytes+i)); err == nil || !strings.Contains(err.Error(), "it came to be") {
			t.Errorf("%s: %v", a.name, err)
		}
	}
}

// Every thread of a worker is in the sandbox, and all of it is in force here.
func TestTheWholeProcessIsInside(t *testing.T) {
	inherited, err := unix.FcntlInt(0, unix.F_DUPFD, 100) // as this process might have been given by its own parent
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(inherited)
	var log bytes.Buffer
	var cmd *exec.Cmd
	p, err := worker.NewPool(worker.Config{
		Workers: 1, Limits: header.DefaultLimits(), Sandbox: sandbox.Require, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Command: func() *exec.Cmd { cmd = self(); return cmd },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := extract(p, photograph(t)); err != nil {
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	if _, err := os.Lstat(fmt.Sprintf("/proc/%d/fd/%d", pid, inherited)); err == nil {
		t.Error("it was handed down a descriptor that is none of its own")
	}
	for _, words := range []string{"Landlock ABI ", "seccomp", "memory +1024 MiB", "no new descriptors", "no core dumps"} {
		if !strings.Contains(p.Sandbox(), words) {
			t.Errorf("%q does not tell of %s", p.Sandbox(), words)
		}
	}
	if !strings.Contains(log.String(), "level=INFO") || !strings.Contains(log.String(), p.Sandbox()) {
		t.Errorf("the log does not tell: %s", log.String())
	}
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(threads) < 3 {
		t.Fatalf("%d threads, %v", len(threads), err)
	}
	for _, file := range threads {
		status, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // a thread that has ended
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"\nSeccomp:\t2\n", "\nNoNewPrivs:\t1\n", "\nCapEff:\t0000000000000000\n",
			"\nCapPrm:\t0000000000000000\n", "\nCapInh:\t0000000000000000\n", "\nCapAmb:\t0000000000000000\n"} {
			if !bytes.Contains(status, []byte(line)) {
				t.Errorf("%s lacks %q", file, line)
			}
		}
	}
}

// A child that has less of a sandbox than is required is not taken; with less
// asked for it is, and the log warns.
func TestWeakerChildren(t *testing.T) {
	for _, mode := range []sandbox.Mode{sandbox.Require, sandbox.Try, sandbox.Off} {
		var log bytes.Buffer
		p, err := worker.NewPool(worker.Config{
			Workers: 1, Limits: header.DefaultLimits(), Sandbox: mode, Command: childOf("tempted off"),
			Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		if mode == sandbox.Require {
			if models.KindOf(err) != models.Unavailable {
				t.Errorf("a child without a sandbox: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Sandbox() != "none" || !strings.Contains(log.String(), "level=WARN") {
			t.Errorf("%s: %q, log %s", mode, p.Sandbox(), log.String())
		}
		p.Close()
	}
}

// A worker leaves no core file, whatever its parent's limit allows.
func TestNoCoreFile(t *testing.T) {
	dump := func(kind string) (files []os.DirEntry, log string) {
		dir := t.TempDir()
		var said bytes.Buffer
		p, err := worker.NewPool(worker.Config{
			Workers: 1, Limits: header.DefaultLimits(), Log: slog.New(slog.NewTextHandler(&said, nil)),
			Command: func() *exec.Cmd {
				cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", `ulimit -c unlimited; exec env -i "$0" "$1"`, absolute(t, os.Args[0]), kind)
				cmd.Dir = dir
				return cmd
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := extract(p, padded(t, segfaultBytes)); models.KindOf(err) != models.Crashed {
			t.Errorf("a crash: %v", err)
		}
		if _, err := extract(p, photograph(t)); err != nil { // the next worker is there, so the end of the first is in the log
			t.Error(err)
		}
		p.Close()
		files, err = os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return files, said.String()
	}
	if files, log := dump("tempted"); len(files) > 0 || strings.Contains(log, "core dumped") {
		t.Errorf("files %v, log %s", files, log)
	}
	if _, log := dump("tempted off"); !strings.Contains(log, "core dumped") {
		t.Log("no core dumps here without a sandbox either: the limit or the kernel's pattern forbids them")
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

package worker_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"oblik/matcher/header"
	"oblik/matcher/worker"
	"oblik/models"
)

// shared is a log that is read while it is written.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// waitFor waits for words in the log, at most half a minute.
func (s *shared) waitFor(words string) bool {
	for range 3000 {
		if strings.Contains(s.String(), words) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func loggedPool(t *testing.T, images int, command func() *exec.Cmd) (*worker.Pool, *shared) {
	t.Helper()
	var log shared
	p, err := worker.NewPool(worker.Config{
		Workers: 1, Deadline: 20 * time.Second, Images: images, Limits: header.DefaultLimits(), Command: command,
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, &log
}

// What no limit of the kernel's keeps a worker from is seen and ended, and the
// next photograph is answered.
func TestTheWatchStopsWorkers(t *testing.T) {
	for name, c := range map[string]struct {
		kind   string
		bytes  int
		reason string
	}{
		"threads": {"tempted large", threadBytes, " threads, more than "},
		"memory":  {"tempted small", fillBytes, " MiB in memory, more than "},
		"work":    {"tempted", burnBytes, " of processor time in "},
	} {
		t.Run(name, func(t *testing.T) {
			var p *worker.Pool
			var log *shared
			for range 10 { // one that has filled its memory may end by itself before the watch sees it
				p, log = loggedPool(t, 0, childOf(c.kind))
				if _, err := extract(p, padded(t, c.bytes)); models.KindOf(err) != models.DamagedImage || !strings.Contains(err.Error(), "it came to be") {
					if models.KindOf(err) != models.Crashed { // the watch was faster than the answer
						t.Errorf("%v", err)
					}
				}
				if !log.waitFor("worker ended") {
					t.Fatalf("the log tells %s", log)
				}
				if strings.Contains(log.String(), "worker stopped") {
					break
				}
			}
			if !strings.Contains(log.String(), "worker stopped") || !strings.Contains(log.String(), c.reason) {
				t.Fatalf("the log tells %s", log)
			}
			if !log.waitFor("worker started") {
				t.Fatalf("the log tells %s", log)
			}
			if _, err := extract(p, photograph(t)); err != nil {
				t.Errorf("the next photograph: %v", err)
			}
		})
	}
}

// An honest worker is not hit, whatever comes, with pauses to look at it idle.
func TestTheWatchLetsHonestWorkersBe(t *testing.T) {
	p, log := loggedPool(t, 0, self)
	for _, pause := range []time.Duration{0, 2500 * time.Millisecond, 3500 * time.Millisecond} {
		for name, s := range photographs(t) {
			if _, err := extract(p, s); err != nil && models.KindOf(err) != models.NoFace {
				t.Errorf("%s: %v", name, err)
			}
		}
		time.Sleep(pause)
	}
	if text := log.String(); strings.Contains(text, "worker stopped") || strings.Contains(text, "worker ended") {
		t.Errorf("the log tells %s", text)
	}
}

// A worker retires after so many photographs, and no request sees it.
func TestWorkersRetire(t *testing.T) {
	p, log := loggedPool(t, 10, childOf("quick"))
	for range 40 {
		if _, err := extract(p, photograph(t)); err != nil {
			t.Fatal(err)
		}
	}
	if !log.waitFor("worker retired") || strings.Contains(log.String(), "worker ended") {
		t.Errorf("the log tells %s", log)
	}
	if n := strings.Count(log.String(), "worker retired"); n < 3 || n > 8 {
		t.Errorf("%d workers retired after 5 to 10 photographs of 40", n)
	}
}

// What was open when a worker started is not open in the sandbox: it holds the
// last end of a pipe that was handed to it, and the other end sees it close.
func TestInheritedDescriptorsAreClosed(t *testing.T) {
	for kind, want := range map[string]error{"quick": io.EOF, "quick off": os.ErrDeadlineExceeded} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = loggedPool(t, 0, func() *exec.Cmd {
			cmd := childOf(kind)()
			cmd.ExtraFiles = []*os.File{w, w}
			return cmd
		})
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := r.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(make([]byte, 1)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", kind, err, want)
		}
		_ = r.Close()
	}
}

// A worker ends with its service at once, even one that does not want to: the
// service is this binary again, which is killed.
func TestWorkersEndWithTheService(t *testing.T) {
	cmd := childOf("service")()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	_, err = fmt.Fscan(out, &pid)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = unix.Kill(pid, unix.SIGKILL)
	t.Error("a worker outlives its service")
}

// beService starts a pool, says its worker's id and waits to be ended.
func beService() int {
	var cmd *exec.Cmd
	_, err := worker.NewPool(worker.Config{
		Workers: 1, Limits: header.DefaultLimits(), Log: slog.New(slog.DiscardHandler),
		Command: func() *exec.Cmd { cmd = childOf("staying quick")(); return cmd },
	})
	if err != nil {
		return 2
	}
	fmt.Println(cmd.Process.Pid)
	time.Sleep(time.Minute)
	return 0
}

// staying is an input that does not end when the service's does.
func staying() (*os.File, error) {
	r, w, err := os.Pipe()
	go func() { _, _ = io.Copy(w, os.Stdin) }()
	return r, err
}

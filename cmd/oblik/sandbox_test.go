package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"oblik/models"
)

// What the kernel says of the workers of a real service, of every thread of
// theirs, is what was configured.
func TestWorkersOfAServiceAreSandboxed(t *testing.T) {
	const budget = 700 // MiB
	s := startServer(t, t.TempDir(), nil, "--workers", "2", "--worker-memory", strconv.Itoa(budget))
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("enrol: %d", status)
	}
	workers := s.workers(t)
	if len(workers) != 2 {
		t.Fatalf("%d workers", len(workers))
	}
	for _, pid := range workers {
		threadsAreFiltered(t, pid)
		limitsAreSet(t, pid, budget<<20)
		environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err == nil && len(environment) > 0 || err != nil && !errors.Is(err, fs.ErrPermission) {
			t.Errorf("worker %d has an environment of %d bytes, %v", pid, len(environment), err)
		}
		if os.Geteuid() != 0 { // it can't be looked into by its own user, so it dumps no core
			if _, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid)); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("worker %d can be looked into: %v", pid, err)
			}
		}
	}
	s.stop()
	if log := s.log.String(); !strings.Contains(log, fmt.Sprintf("seccomp, memory +%d MiB, no new descriptors, no core dumps", budget)) {
		t.Errorf("the log does not say what is in force: %s", log)
	}
}

func threadsAreFiltered(t *testing.T, pid int) {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(threads) < 2 {
		t.Fatalf("%d threads, %v", len(threads), err)
	}
	for _, file := range threads {
		status, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // a thread that has ended
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"\nSeccomp:\t2\n", "\nNoNewPrivs:\t1\n"} {
			if !bytes.Contains(status, []byte(line)) {
				t.Errorf("%s lacks %q", file, line)
			}
		}
	}
}

func limitsAreSet(t *testing.T, pid int, budget uint64) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if err != nil {
		t.Fatal(err)
	}
	limit := func(name string) uint64 {
		m := regexp.MustCompile(`(?m)^` + name + ` +(\S+) +(\S+)`).FindSubmatch(text)
		if m == nil || !bytes.Equal(m[1], m[2]) {
			t.Fatalf("%s: %q", name, m)
		}
		n, err := strconv.ParseUint(string(m[1]), 10, 64)
		if err != nil {
			t.Errorf("%s: %s", name, m[1])
		}
		return n
	}
	for _, name := range []string{"Max core file size", "Max file size"} {
		if limit(name) != 0 {
			t.Errorf("%s is %d", name, limit(name))
		}
	}
	if n := limit("Max open files"); n > 16 { // three pipes and what Go's runtime opens; nothing inherited
		t.Errorf("%d open files are allowed", n)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]string{"Max address space": "VmSize", "Max data size": "VmData"} {
		m := regexp.MustCompile(key + `:\s+(\d+) kB`).FindSubmatch(status)
		if m == nil {
			t.Fatalf("the kernel tells no %s", key)
		}
		kb, err := strconv.ParseUint(string(m[1]), 10, 50)
		if err != nil {
			t.Fatal(err)
		}
		// by now some of the budget may be used, or some of what was mapped at entry given back
		if n := limit(name); n < budget || n > kb<<10+budget+256<<20 {
			t.Errorf("%s is %d MiB, %s %d MiB", name, n>>20, key, kb>>10)
		}
	}
}

// What is not accepted is refused before anything starts; off and try start,
// and the log says what is in force.
func TestSandboxFlags(t *testing.T) {
	for _, args := range [][]string{
		{"--sandbox", "some"}, {"--worker-memory", "255"}, {"--worker-memory", "65537"}, {"--worker-memory", "much"},
	} {
		_, errs, status := oblik(t, append([]string{"serve", "--insecure-loopback", "--data-dir", t.TempDir(), "--weights-dir", weightsDir}, args...)...)
		if status != exitError || !strings.Contains(errs, args[0]) {
			t.Errorf("%v: status %d, %q", args, status, errs)
		}
	}
	for mode, want := range map[string]string{"off": "sandbox=none", "try": "no core dumps"} {
		s := startServer(t, t.TempDir(), nil, "--sandbox", mode, "--workers", "1")
		if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
			t.Errorf("%s: enrol: %d", mode, status)
		}
		s.stop()
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("%s: the log does not say %q: %s", mode, want, s.log)
		}
	}
}

// A photograph whose reading ends worker after worker is refused unread: the
// worker is ended from outside while it has the photograph, three times.
func TestTheSamePhotographEndsWorkers(t *testing.T) {
	s := startServer(t, t.TempDir(), nil, "--workers", "1")
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Fatalf("enrol: %d", status)
	}
	bad := photoFile(t, "obama2.jpg")
	for i := range 3 {
		worker := s.workers(t)[0]
		if err := syscall.Kill(worker, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		answer := make(chan [2]int, 1)
		go func() {
			var f fault
			answer <- [2]int{s.do("POST", "/v1/verify/ALL/p", probe(bad), &f), f.Code}
		}()
		s.waitForInput(t)
		if err := syscall.Kill(worker, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if a := <-answer; a != [2]int{503, 50310} {
			t.Errorf("attempt %d: status %d, code %d", i+1, a[0], a[1])
		}
		if status := s.do("POST", "/v1/verify/ALL/p", probe(photoFile(t, "obama3.jpg")), nil); status != 200 {
			t.Errorf("another photograph: %d", status)
		}
	}
	before := s.workers(t)
	var f fault
	if status := s.do("POST", "/v1/verify/ALL/p", probe(bad), &f); status != 400 || f.Code != 40018 {
		t.Errorf("the fourth time: status %d, code %d (kind %v)", status, f.Code, models.BannedImage)
	}
	if after := s.workers(t); len(after) != 1 || after[0] != before[0] {
		t.Errorf("workers %v, then %v", before, after)
	}
	s.stop()
}

package sandbox

import (
	"errors"
	"strings"
	"testing"

	"oblik/models"
)

// whole is a kernel that has everything.
func whole() kernel {
	done := func() error { return nil }
	return kernel{
		inherited: done, code: done, noNewPrivs: done, capabilities: done, noDumps: done, descriptor: done, seccomp: done,
		landlock: func() (int, error) { return 4, nil },
		memory:   func(int64) error { return nil },
	}
}

func TestModesOnKernels(t *testing.T) {
	lacking := errors.New("not here")
	fail := func() error { return lacking }
	for name, spoil := range map[string]func(*kernel){
		"Landlock":                 func(k *kernel) { k.landlock = func() (int, error) { return 0, lacking } },
		"seccomp":                  func(k *kernel) { k.seccomp = fail },
		"memory limit":             func(k *kernel) { k.memory = func(int64) error { return lacking } },
		"no core dumps":            func(k *kernel) { k.noDumps = fail },
		"no new descriptors":       func(k *kernel) { k.descriptor = fail },
		"no new privileges":        func(k *kernel) { k.noNewPrivs = fail },
		"no writable code":         func(k *kernel) { k.code = fail },
		"no capabilities":          func(k *kernel) { k.capabilities = fail },
		"no inherited descriptors": func(k *kernel) { k.inherited = fail },
	} {
		k := whole()
		spoil(&k)
		if _, err := enter(Config{Require, MinMemory}, k); models.KindOf(err) != models.Unavailable || !strings.Contains(err.Error(), name+": not here") {
			t.Errorf("required without %s: %v", name, err)
		}
		s, err := enter(Config{Try, MinMemory}, k)
		if err != nil || s.Full() || !strings.Contains(s.String(), "missing: "+name+": not here") {
			t.Errorf("tried without %s: %v, %v", name, s, err)
		}
	}
	s, err := enter(Config{Require, 1 << 30}, whole())
	if err != nil || !s.Full() || s.String() != "Landlock ABI 4, seccomp, memory +1024 MiB, no new descriptors, no core dumps" {
		t.Errorf("%v, %v", s, err)
	}
	if s, err := enter(Config{Mode: Off}, kernel{}); err != nil || s.Full() || s.String() != "none" {
		t.Errorf("off: %v, %v", s, err)
	}
	for _, c := range []Config{{"", MinMemory}, {"Require", MinMemory}, {Require, MinMemory - 1}, {Try, 0}} {
		if _, err := enter(c, whole()); models.KindOf(err) != models.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestStatusLines(t *testing.T) {
	text := []byte("VmPeak:\t  9 kB\nVmSize:\t  123 kB\nVmData:\tx kB\n")
	if n, err := statusBytes(text, "VmSize:"); err != nil || n != 123<<10 {
		t.Errorf("%d, %v", n, err)
	}
	for _, key := range []string{"VmData:", "VmHWM:"} {
		if _, err := statusBytes(text, key); err == nil {
			t.Errorf("%s was read", key)
		}
	}
}

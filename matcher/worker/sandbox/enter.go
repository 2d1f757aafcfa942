package sandbox

import (
	"runtime"

	"oblik/models"
)

// MinMemory is the smallest budget in bytes. Of what is accepted a JPEG 2000 of
// 25 megapixels needs most, between 320 and 384 MiB; a codec that gets less
// calls the photograph damaged.
const MinMemory = 512 << 20

// Config says what to enter.
type Config struct {
	Mode   Mode
	Memory int64 // bytes that may be mapped beyond those at entry, at least MinMemory
}

// Enter gives up what the mode says, for all threads and for good. Errors:
// [models.Invalid] for a Config out of range, [models.Unavailable] if [Require]
// can't have all of it; the process is then in a part of the sandbox and
// should end. The process must not be used for anything but computing
// afterwards.
func Enter(c Config) (State, error) { return enter(c, linux()) }

// kernel is what the steps ask of the system; a test puts another one.
type kernel struct {
	inherited    func() error
	code         func() error
	noNewPrivs   func() error
	capabilities func() error
	noDumps      func() error
	landlock     func() (abi int, err error)
	memory       func(budget int64) error
	descriptor   func() error
	seccomp      func() error
}

func enter(c Config, k kernel) (State, error) {
	s := State{Mode: c.Mode}
	switch {
	case c.Mode == Off:
		return s, nil
	case c.Mode != Require && c.Mode != Try:
		return s, models.Errorf("sandbox", models.Invalid, "%q is not require, try or off", c.Mode)
	case c.Memory < MinMemory:
		return s, models.Errorf("sandbox", models.Invalid, "a memory budget of %d bytes is less than %d", c.Memory, int64(MinMemory))
	}
	runtime.LockOSThread() // the privileges are given up by one thread first
	defer runtime.UnlockOSThread()
	had := func(name string, err error) bool {
		if err != nil {
			s.Missing = append(s.Missing, name+": "+err.Error())
		}
		return err == nil
	}
	had("no inherited descriptors", k.inherited())
	had("no writable code", k.code())
	had("no new privileges", k.noNewPrivs())
	had("no capabilities", k.capabilities())
	s.NoDumps = had("no core dumps", k.noDumps())
	abi, err := k.landlock() // opens files, so before the descriptors
	if had("Landlock", err) {
		s.Landlock = abi
	}
	if had("memory limit", k.memory(c.Memory)) {
		s.Memory = c.Memory
	}
	s.Descriptor = had("no new descriptors", k.descriptor())
	s.Seccomp = had("seccomp", k.seccomp()) // last: it forbids all of the above
	if c.Mode == Require && !s.Full() {
		return s, models.Errorf("sandbox", models.Unavailable, "the sandbox is not whole here (%s); --sandbox try goes on without", s)
	}
	return s, nil
}

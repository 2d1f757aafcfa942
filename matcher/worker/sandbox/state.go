package sandbox

import (
	"fmt"
	"strings"
)

// Mode says how much of the sandbox is insisted on.
type Mode string

// The modes; the package doc says what each means on which kernel.
const (
	Require Mode = "require" // all of it, or an error
	Try     Mode = "try"     // what can be had; the rest is named
	Off     Mode = "off"     // nothing
)

// State is what is in force, in a form that can be told to another process.
type State struct {
	Mode       Mode
	Landlock   int      `json:",omitempty"` // the ABI; 0 without
	Seccomp    bool     `json:",omitempty"`
	Memory     int64    `json:",omitempty"` // bytes that can be mapped beyond those at entry; 0 for no limit
	NoDumps    bool     `json:",omitempty"`
	Descriptor bool     `json:",omitempty"` // no new descriptors, no longer files
	Missing    []string `json:",omitempty"` // what could not be had, and why
}

// Full says whether everything is in force that [Require] asks for.
func (s State) Full() bool {
	return s.Landlock > 0 && s.Seccomp && s.Memory > 0 && s.NoDumps && s.Descriptor && len(s.Missing) == 0
}

// String is the state in words, such as "Landlock ABI 7, seccomp, memory +1024
// MiB, no new descriptors, no core dumps".
func (s State) String() string {
	var words []string
	add := func(in bool, format string, args ...any) {
		if in {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	add(s.Landlock > 0, "Landlock ABI %d", s.Landlock)
	add(s.Seccomp, "seccomp")
	add(s.Memory > 0, "memory +%d MiB", s.Memory>>20)
	add(s.Descriptor, "no new descriptors")
	add(s.NoDumps, "no core dumps")
	add(len(words) == 0, "none")
	add(len(s.Missing) > 0, "missing: %s", strings.Join(s.Missing, "; "))
	return strings.Join(words, ", ")
}

package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// linux is the kernel there is.
func linux() kernel {
	mapped, mappedErr := mappedBytes() // /proc is out of reach after Landlock
	var last int
	lastErr := errors.New("they were not listed")
	return kernel{
		inherited: func() error {
			last, lastErr = closeInherited()
			return lastErr
		},
		code:         sealCode,
		noNewPrivs:   func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) },
		capabilities: dropCapabilities,
		noDumps:      noDumps,
		landlock:     restrictPaths,
		memory: func(budget int64) error {
			if mappedErr != nil {
				return mappedErr
			}
			return limitMemory(mapped, budget)
		},
		descriptor: func() error {
			if lastErr != nil {
				return lastErr
			}
			return errors.Join(limit(unix.RLIMIT_FSIZE, 0), limit(unix.RLIMIT_NOFILE, uint64(last)+1)) //nolint:gosec // not negative
		},
		seccomp: filterCalls,
	}
}

// noDumps: RLIMIT_CORE alone does not keep the kernel from feeding a dump to a
// program that core_pattern names.
func noDumps() error {
	return errors.Join(limit(unix.RLIMIT_CORE, 0), unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0))
}

// limitMemory bounds all mappings, and those that are writable by themselves:
// the runtimes of Go and C reserve address space ahead, at entry about a
// gigabyte, and the first limit alone would let that be filled, too. This holds
// for the mistakes of decoders. The second limit does not count what is made
// writable when it has been mapped (mprotect), so who has taken the process over
// can fill the first one, until the parent's watch sees it.
func limitMemory(m mappings, budget int64) error {
	most := uint64(budget) //nolint:gosec // at least MinMemory
	if m.all > math.MaxInt64-most {
		return fmt.Errorf("%d bytes are mapped", m.all)
	}
	return errors.Join(limit(unix.RLIMIT_AS, m.all+most), limit(unix.RLIMIT_DATA, m.data+most))
}

// limit sets the soft and the hard limit, never above the hard one there is.
func limit(resource int, most uint64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(resource, &now); err != nil {
		return err
	}
	most = min(most, now.Max)
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most})
}

// mappings are bytes of address space.
type mappings struct{ all, data uint64 }

func mappedBytes() (mappings, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return mappings{}, err
	}
	all, errAll := statusBytes(text, "VmSize:")
	data, errData := statusBytes(text, "VmData:")
	return mappings{all, data}, errors.Join(errAll, errData)
}

// statusBytes reads a line such as "VmSize:	  123 kB".
func statusBytes(status []byte, key string) (uint64, error) {
	for line := range bytes.Lines(status) {
		value, ok := bytes.CutPrefix(line, []byte(key))
		if !ok {
			continue
		}
		fields := bytes.Fields(value)
		if len(fields) != 2 || string(fields[1]) != "kB" {
			break
		}
		kb, err := strconv.ParseUint(string(fields[0]), 10, 50)
		return kb << 10, err
	}
	return 0, fmt.Errorf("the kernel tells no %s", key)
}

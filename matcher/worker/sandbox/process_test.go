package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"golang.org/x/sys/unix"
)

// The test binary is a process that enters, too: its first argument is the
// mode, the others are calls that fail as in a container that forbids them.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || strings.HasPrefix(os.Args[1], "-test.") {
		os.Exit(m.Run())
	}
	if names := os.Args[2:]; len(names) > 0 {
		if err := forbid(names); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	s, err := Enter(Config{Mode(os.Args[1]), MinMemory})
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	_ = json.NewEncoder(os.Stdout).Encode(s)
}

func forbid(names []string) error {
	return seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: seccomp.Policy{
		DefaultAction: seccomp.ActionAllow,
		Syscalls:      []seccomp.SyscallGroup{{Action: seccomp.ActionErrno | seccomp.Action(unix.EPERM), Names: names}},
	}})
}

func entering(t *testing.T, args ...string) (State, string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	out, _ := cmd.Output() // the status tells
	var s State
	_ = json.Unmarshal(out, &s)
	return s, string(out), cmd.ProcessState.ExitCode()
}

func TestProcessesEnter(t *testing.T) {
	for _, mode := range []string{"require", "try"} {
		if s, out, status := entering(t, mode); status != 0 || !s.Full() {
			t.Errorf("%s: %s (status %d); this kernel may have no Landlock", mode, out, status)
		}
	}
	if s, out, status := entering(t, "off"); status != 0 || s.String() != "none" {
		t.Errorf("off: %s (status %d)", out, status)
	}
}

// Where something forbids a part, require ends with its name and try goes on
// without.
func TestProcessesWithoutAPart(t *testing.T) {
	for call, part := range map[string]string{"landlock_create_ruleset": "Landlock", "prlimit64": "memory limit", "seccomp": "seccomp"} {
		if _, out, status := entering(t, "require", call); status != 3 || !strings.Contains(out, part+": ") {
			t.Errorf("required without %s: %s (status %d)", call, out, status)
		}
		s, out, status := entering(t, "try", call)
		if status != 0 || s.Full() || !strings.Contains(s.String(), "missing: ") || !strings.Contains(s.String(), part+": ") {
			t.Errorf("tried without %s: %s (status %d)", call, out, status)
		}
		if part != "seccomp" && !s.Seccomp || part != "Landlock" && s.Landlock == 0 {
			t.Errorf("tried without %s, which takes the rest with it: %s", call, s)
		}
	}
}

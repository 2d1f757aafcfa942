package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const unitFile = "oblik.service"

// unitLines are the settings of the unit, those that are commented out, too.
func unitLines(t *testing.T) (settings, offered []string) {
	t.Helper()
	file, err := os.Open(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	setting := regexp.MustCompile(`^#?[A-Z][A-Za-z]+=\S?`)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if setting.MatchString(line) {
			if rest, off := strings.CutPrefix(line, "#"); off {
				offered = append(offered, rest)
			} else {
				settings = append(settings, line)
			}
		}
	}
	return settings, offered
}

// TestUnitNamesRealSettings: what the unit sets in the environment and on the
// command line are settings of the program.
func TestUnitNamesRealSettings(t *testing.T) {
	out, errs, status := oblik(t, "config", "--data-dir", t.TempDir())
	var known map[string]any
	if err := json.Unmarshal([]byte(out), &known); err != nil || status != 0 {
		t.Fatalf("%v %d %s", err, status, errs)
	}
	settings, offered := unitLines(t)
	names := 0
	for _, line := range append(settings, offered...) {
		for _, m := range regexp.MustCompile(`\b`+envPrefix+`([A-Z0-9_]+)=|--([a-z0-9-]+)`).FindAllStringSubmatch(line, -1) {
			name := m[2] + strings.ToLower(strings.ReplaceAll(m[1], "_", "-"))
			if names++; known[name] == nil && name != "config" {
				t.Errorf("%s: %s is no setting", line, name)
			}
		}
	}
	if names < 8 {
		t.Errorf("%d settings in the unit", names)
	}
}

// TestUnitLetsWorkersShutThemselvesIn: what the sandbox needs is not taken from
// it; with LockPersonality no worker starts (tried), with
// MemoryDenyWriteExecute none with OpenVINO.
func TestUnitLetsWorkersShutThemselvesIn(t *testing.T) {
	settings, _ := unitLines(t)
	all := "\n" + strings.Join(settings, "\n") + "\n"
	for _, needed := range []string{
		"NoNewPrivileges=yes", "ProtectSystem=strict", "KillMode=mixed", "OOMPolicy=continue", "TimeoutStopSec=15", "CapabilityBoundingSet=",
		"SystemCallFilter=capset landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp",
	} {
		if !strings.Contains(all, "\n"+needed+"\n") {
			t.Errorf("no %s", needed)
		}
	}
	for _, bad := range []string{"LockPersonality=", "MemoryDenyWriteExecute=", "SystemCallFilter=~@resources"} {
		if strings.Contains(all, "\n"+bad) {
			t.Errorf("%s: no worker would start", bad)
		}
	}
}

// TestUnitIsSound asks systemd's own tool, where there is one.
func TestUnitIsSound(t *testing.T) {
	text, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), unitFile)
	text = []byte(strings.Replace(string(text), "ExecStart=/usr/local/bin/oblik ", "ExecStart="+os.Args[0]+" ", 1))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Logf("not asked: %v", err)
		return
	}
	for _, args := range [][]string{
		{"verify", "--man=no", file},
		{"security", "--offline=true", "--no-pager", "--threshold=20", file}, // 2.0 of 10, the lower the better
	} {
		if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil || strings.Contains(string(out), "oblik.service:") && args[0] == "verify" {
			t.Errorf("%s: %v\n%s", args[0], err, out)
		}
	}
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"oblik/models"
)

// TestServeInJSON: with a log in JSON each line of both outputs is an object.
func TestServeInJSON(t *testing.T) {
	cmd := exec.CommandContext(context.Background(), os.Args[0], "serve", "--data-dir", t.TempDir(), "--weights-dir", weightsDir,
		"--listen", "127.0.0.1:0", "--insecure-loopback", "--workers", "1", "--log-format", "json")
	cmd.Env = cleanEnv()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill() //nolint:errcheck // it has ended, if all went well
	in.Close()
	addresses := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var line struct{ Listening string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("%v: %s", err, lines.Text())
		}
		if strings.HasPrefix(line.Listening, "http://127.0.0.1:") {
			addresses++
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil || addresses != 1 {
		t.Errorf("%d addresses, %v", addresses, err)
	}
}

// TestHostsAreNoURLs, neither of callbacks nor of photographs.
func TestHostsAreNoURLs(t *testing.T) {
	for _, host := range []string{"https://x/", "x/", "x:443/cb"} {
		_, err := outboundFlags{}.client([]string{"y", host})
		if models.KindOf(err) != models.Invalid || !strings.Contains(err.Error(), "not a URL") {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// What the service holds of people does not come into a file when it crashes.
func TestServeLeavesNoCoreDump(t *testing.T) {
	s := startServer(t, t.TempDir(), nil, "--workers", "1")
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(limits)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok && !strings.HasPrefix(strings.TrimSpace(rest), "0 ") {
			t.Error(line)
		}
	}
	s.stop()
}

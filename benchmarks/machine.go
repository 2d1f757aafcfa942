package benchmarks

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// Machine is where a figure of speed was measured.
type Machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"` // that the process may use
	Go    string `json:"go"`
	OS    string `json:"os"`
	Date  string `json:"date"` // YYYY-MM-DD
}

// ThisMachine describes the machine the program runs on.
func ThisMachine(now time.Time) Machine {
	return Machine{CPU: cpuName(), Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(),
		OS: runtime.GOOS + "/" + runtime.GOARCH, Date: now.Format(time.DateOnly)}
}

// String is the machine in a line.
func (m Machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, %s, %s", m.CPU, m.Cores, m.OS, m.Go, m.Date)
}

// cpuName reads Linux's /proc/cpuinfo; elsewhere the name is not known.
func cpuName() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	defer f.Close() //nolint:errcheck // read only
	s := bufio.NewScanner(f)
	for s.Scan() {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}

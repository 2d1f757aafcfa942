package benchmarks

import (
	"os"
	"regexp"
	"strconv"
)

// MemoryUse is what a contender's processes hold after the last photograph.
type MemoryUse struct {
	Contestant
	Resident []float64 `json:"resident"` // MiB, a figure a process
}

// memoryOf reads the resident memory of the contenders' processes and of this
// one. It counts what processes share, the program's own code, in each.
func memoryOf(cs []Contender) (uses []MemoryUse, own float64) {
	uses = []MemoryUse{}
	for _, c := range cs {
		if c.Processes == nil {
			continue
		}
		m := MemoryUse{Contestant: c.Contestant, Resident: []float64{}}
		for _, pid := range c.Processes() {
			if mib := resident(pid); mib > 0 {
				m.Resident = append(m.Resident, mib)
			}
		}
		uses = append(uses, m)
	}
	return uses, resident(os.Getpid())
}

var residentLine = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)

// resident is a process's memory in MiB, from Linux's /proc; 0 where that is
// not known or the process is gone.
func resident(pid int) float64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	line := residentLine.FindSubmatch(status)
	if line == nil {
		return 0
	}
	kib, err := strconv.Atoi(string(line[1]))
	if err != nil {
		return 0
	}
	return float64(kib) / 1024
}

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// idle looks whether a service that nobody asks waits in peace for parts that are
// away: it may use a fifth of a processor and write four lines a second, which
// is far more than it should.
func (w *world) idle() {
	w.t.Helper()
	const watched = 3 * time.Second
	began, before := time.Now(), w.processorTime()
	time.Sleep(watched)
	used := w.processorTime() - before
	w.t.Logf("with both stores away the idle service used %v of a processor in %v", used, watched)
	if used > watched/5 {
		w.t.Errorf("the idle service used %v of a processor in %v", used, watched)
	}
	w.idled = append(w.idled, span{began, time.Now()})
}

type span struct{ from, to time.Time }

// quiet counts what an ended service had logged while it was idle.
func (w *world) quiet() {
	w.t.Helper()
	for _, s := range w.idled {
		lines := 0
		for line := range strings.Lines(w.s.log.String()) {
			stamp, _, _ := strings.Cut(strings.TrimPrefix(line, "time="), " ")
			at, err := time.Parse("2006-01-02T15:04:05.000Z07:00", stamp)
			if err == nil && at.After(s.from) && at.Before(s.to) {
				lines++
			}
		}
		w.t.Logf("and logged %d lines", lines)
		if lines > int(4*s.to.Sub(s.from).Seconds()) {
			w.t.Errorf("the idle service logged %d lines", lines)
		}
	}
}

// processorTime is what the service's own process has used, without its workers.
func (w *world) processorTime() time.Duration {
	w.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.s.cmd.Process.Pid))
	w.must(err)
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	var ticks int
	for _, field := range fields[11:13] { // of user and of system, in 1/100 s
		n, err := strconv.Atoi(field)
		w.must(err)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

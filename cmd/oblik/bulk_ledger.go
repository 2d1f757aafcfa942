package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// ledger counts what became of the items of one run, and passes it on to the
// report and to whoever watches.
type ledger struct {
	mu       sync.Mutex
	total    int
	began    time.Time
	took     time.Duration
	counts   map[fate]int
	reasons  map[fate]map[string]int
	report   bulkReport
	progress *progress
}

func newLedger(total int, r bulkReport, p *progress) *ledger {
	return &ledger{total: total, began: time.Now(), counts: map[fate]int{}, report: r, progress: p,
		reasons: map[fate]map[string]int{refused: {}, failed: {}, skipped: {}}}
}

// add books an item. Its error is the report's.
func (l *ledger) add(it item, r result) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[r.fate]++
	if r.reason != "" {
		l.reasons[r.fate][r.reason]++
	}
	l.progress.show(l.state())
	return l.report.add(it, r)
}

// state is how far the run is. Its rate is that of the work: what was on record
// before takes next to none.
func (l *ledger) state() progressState {
	s := progressState{done: l.done(), total: l.total, refused: l.counts[refused], failed: l.counts[failed]}
	if worked := s.done - l.counts[already]; worked > 0 {
		s.rate = float64(worked) / time.Since(l.began).Seconds()
		s.left = time.Duration(float64(s.total-s.done) / s.rate * float64(time.Second))
	}
	return s
}

func (l *ledger) done() (n int) {
	for _, count := range l.counts {
		n += count
	}
	return n
}

// finish is called when nothing more will be added.
func (l *ledger) finish() {
	l.took = time.Since(l.began)
	l.progress.end()
}

// complete is true if every item is on record.
func (l *ledger) complete() bool { return l.counts[enrolled]+l.counts[already] == l.total }

// print writes the summary. stopped is why the run ended before its end, nil if
// it did not.
func (l *ledger) print(w io.Writer, c enrollCmd, engine string, stopped error) error {
	rate := float64(l.done()-l.counts[already]) / max(l.took.Seconds(), 1e-3)
	untried := max(0, l.total-l.done())
	if c.JSON {
		s := map[string]any{"total": l.total, "enrolled": l.counts[enrolled], "already": l.counts[already],
			"notTried": untried, "seconds": l.took.Seconds(), "perSecond": rate, "engine": engine}
		for o, reasons := range l.reasons {
			s[string(o)] = reasons
		}
		if stopped != nil {
			s["stopped"] = stopped.Error()
		}
		return printJSON(w, s)
	}
	fmt.Fprintf(w, "enrolled %d of %d in %s, %.1f a second, by %s\n", l.counts[enrolled], l.total, l.took.Round(time.Millisecond), rate, engine)
	if n := l.counts[already]; n > 0 {
		fmt.Fprintf(w, "%d were on record already\n", n)
	}
	for _, o := range []fate{refused, failed, skipped} {
		if n := l.counts[o]; n > 0 {
			fmt.Fprintf(w, "%s %d: %s\n", o, n, byReason(l.reasons[o]))
		}
	}
	if stopped != nil {
		fmt.Fprintf(w, "%d were not tried: %s. The same command with --resume goes on.\n", untried, cause(stopped))
	}
	if !l.complete() && c.Report == "" {
		fmt.Fprintln(w, "With --resume and --report FILE another run lists each photograph and what to do about it.")
	}
	return nil
}

// byReason is "several faces 12, no face 3", the most frequent first.
func byReason(reasons map[string]int) string {
	names := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int {
		if n := reasons[b] - reasons[a]; n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, reasons[name])
	}
	return strings.Join(names, ", ")
}

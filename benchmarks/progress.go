package benchmarks

import (
	"sync"
	"time"
)

// Progress is how far a long step has come.
type Progress struct {
	Stage string // "extract", "compare", "resample", "search", "speed"
	Done  int
	Total int
	Rate  float64       // per second since the step began
	Left  time.Duration // at this rate
}

// ProgressFunc is told of progress, from one goroutine at a time. It should be
// quick: it holds up the work.
type ProgressFunc func(Progress)

// meter counts finished units of a step and reports them.
type meter struct {
	mu     sync.Mutex
	stage  string
	done   int
	total  int
	start  time.Time
	report ProgressFunc
}

func newMeter(stage string, total int, report ProgressFunc) *meter {
	return &meter{stage: stage, total: total, start: time.Now(), report: report}
}

func (m *meter) add(n int) {
	if m.report == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += n
	p := Progress{Stage: m.stage, Done: m.done, Total: m.total}
	if took := time.Since(m.start).Seconds(); took > 0 {
		p.Rate = float64(m.done) / took
		p.Left = time.Duration(float64(m.total-m.done) / p.Rate * float64(time.Second))
	}
	m.report(p)
}

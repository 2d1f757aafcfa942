package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progressState is how far a run is.
type progressState struct {
	done, total, refused, failed int
	rate                         float64 // photographs a second
	left                         time.Duration
}

func (s progressState) String() string {
	return fmt.Sprintf("%d refused, %d failed, %.1f a second, %s left", s.refused, s.failed, s.rate, s.left.Round(time.Second))
}

// progress shows it: a bar on a terminal, elsewhere a line every tenth part
// and at least one a minute.
type progress struct {
	w     io.Writer
	bar   *progressbar.ProgressBar // nil where there is no terminal
	tenth int
	said  time.Time
}

func newProgress(w io.Writer, total int) *progress {
	p := &progress{w: w, said: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) { // #nosec G115 -- a descriptor is small
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionShowDescriptionAtLineEnd(), progressbar.OptionThrottle(200*time.Millisecond))
	}
	return p
}

// show is for one goroutine at a time.
func (p *progress) show(s progressState) {
	if p.bar != nil {
		p.bar.Describe(s.String())
		_ = p.bar.Set(s.done) // a bar that can't be drawn is no reason to stop
		return
	}
	tenth := 10 * s.done / max(1, s.total)
	if tenth == p.tenth && time.Since(p.said) < time.Minute {
		return
	}
	p.tenth, p.said = tenth, time.Now()
	fmt.Fprintf(p.w, "%d of %d, %s\n", s.done, s.total, s)
}

// end leaves the line of the bar.
func (p *progress) end() {
	if p.bar != nil {
		fmt.Fprintln(p.w)
	}
}

package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"oblik/benchmarks"
)

// bar shows the progress of each step with its rate and the time left: a bar
// on a terminal, a line every tenth part elsewhere.
func bar(w io.Writer) benchmarks.ProgressFunc {
	if f, ok := w.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return lines(w)
	}
	var stage string
	var b *progressbar.ProgressBar
	return func(p benchmarks.Progress) {
		if p.Stage != stage || p.Done < 2 {
			stage = p.Stage
			b = progressbar.NewOptions(p.Total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(stage),
				progressbar.OptionShowIts(), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
				progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }))
		}
		_ = b.Set(p.Done) // a bar that can't be drawn is no reason to stop
	}
}

func lines(w io.Writer) benchmarks.ProgressFunc {
	tenth := -1
	return func(p benchmarks.Progress) {
		now := 10 * p.Done / max(1, p.Total)
		if now == tenth {
			return
		}
		tenth = now
		fmt.Fprintf(w, "%s: %d of %d, %.0f a second, %s left\n", p.Stage, p.Done, p.Total, p.Rate, p.Left.Round(time.Second))
	}
}

package benchmarks

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes the report in plain words.
func (r SearchReport) WriteText(w io.Writer) error {
	t := newTable(w)
	t.row("machine\t%s", r.Machine)
	t.row("program\t%s, kernel %s", r.Tool, r.Kernel)
	t.row("vectors\t%s; seed %d", r.Source, r.Seed)
	t.row("searches\t%d probes a round, %d rounds, all ways taking turns; the best %d of everyone, no threshold", r.Probes, r.Rounds, candidates)
	for _, s := range r.Sizes {
		s.rows(t)
	}
	r.endRows(t)
	return t.end()
}

func (s SearchSize) rows(t *table) {
	t.row("")
	t.row("%s templates\tmade and put in %.2f s; %.1f MB more resident than before, %.1f bytes a template; %.1f MB in all, %.1f MB of them the program's files",
		grouped(s.Templates), s.BuildSeconds, float64(s.Resident-s.Before)/1e6, s.PerTemplate, float64(s.Resident)/1e6, float64(s.Files)/1e6)
	for _, b := range s.ReadPerNs {
		t.row("memory's bandwidth\t%s bytes, %s: %s GB/s", grouped(b.Bytes), threads(b.Threads), b.PerNs.words("%.1f"))
	}
	t.row("at once\t\tms until all are answered\tms a search\tp99, ms\tof the bandwidth")
	for _, way := range []struct {
		what  string
		times []SearchTime
	}{{"everyone", s.Times}, {"the small gallery", s.Small}, {"it alone", s.SmallAlone}} {
		for _, m := range way.times {
			of := ""
			if m.OfBandwidth != nil {
				of = m.OfBandwidth.words("%.2f")
			}
			t.row("%s, %d\t%s\t%s\t%.4f\t%.4f\t%s", way.what, m.Queries, threads(m.Threads), m.Milliseconds.words("%.4f"),
				m.Milliseconds.Median/float64(m.Queries), m.P99, of)
		}
	}
	for _, c := range s.Churn {
		t.row("%.0f changes a second\t%s\t%s ms, p99 %.3f; without %s ms, p99 %.3f", c.ChangesASecond, threads(c.Threads),
			c.Changing.words("%.3f"), c.ChangingP99, c.Quiet.words("%.3f"), c.QuietP99)
		t.row("\t\tmedian %s times that without, p99 %.2f times; a change's p99 %.3f ms", c.OfQuiet.words("%.2f"), c.P99OfQuiet, c.ChangeP99)
	}
}

func (r SearchReport) endRows(t *table) {
	t.row("")
	for _, s := range r.Slopes {
		t.row("%d at once, %s\ttime grows as the size to the power of %.3f; ns for each template more, from size to size: %s",
			s.Queries, threads(s.Threads), s.Exponent, list(s.Steps, "%.3f"))
	}
	for _, c := range r.Checks {
		t.row("kernel %s\t%s", c.Kernel, c)
	}
	t.row("")
	t.row("Medians of the rounds, [least..most] in brackets; p99 of all rounds together. Of the bandwidth: bytes scanned a second as a")
	t.row("part of those that are merely read, in the same round. The small gallery has %s people, spread over the register.", grouped(r.Gallery))
}

func threads(n int) string {
	if n == 1 {
		return "1 thread"
	}
	return fmt.Sprintf("%d threads", n)
}

// grouped is a number in thousands: 1,000,000.
func grouped(n int) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

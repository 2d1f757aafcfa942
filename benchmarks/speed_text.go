package benchmarks

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"oblik/matcher"
)

// WriteText writes the report in plain words.
func (r SpeedReport) WriteText(w io.Writer) error {
	t := newTable(w)
	t.row("machine\t%s", r.Machine)
	t.row("program\t%s", r.Tool)
	t.row("weights\t%s, detector %s at %d px", r.Weights, r.Detector, r.LongSide)
	t.row("rounds\t%d, %g s a turn, all taking turns in an order drawn anew, seed %d", r.Rounds, r.Seconds, r.Seed)
	if r.Grain > 0 {
		t.row("grain\tnoise of up to %g grey levels added to the photographs", r.Grain)
	}
	if r.Sandbox != "" {
		t.row("workers held by\t%s", r.Sandbox)
	}
	for _, engine := range slices.Sorted(maps.Keys(r.Engines)) {
		t.row("%s\t%s", engine, r.Engines[engine])
	}
	for _, engine := range slices.Sorted(maps.Keys(r.NotLoaded)) {
		t.row("without\t%s: %s", engine, r.NotLoaded[engine])
	}
	for _, p := range r.Photographs {
		p.rows(t)
	}
	t.row("")
	t.row("resident memory after the last photograph\t\tworkers\tMiB a process")
	for _, m := range r.Memory {
		t.row("%s\t%s\t%d\t%s", m.Engine, m.way(), m.Workers, list(m.Resident, "%.0f"))
	}
	t.row("this process, networks of all engines included\t\t\t%.0f", r.OwnResident)
	t.row("")
	t.row("Medians of the rounds, [least..most] in brackets. The raw loop decodes, detects and recognises with nothing around;")
	t.row("parts of it and differences are taken within a round, then their median. Stages are means, in process, one at a time.")
	return t.end()
}

func (p PhotographSpeed) rows(t *table) {
	t.row("")
	t.row("%dx%d px, %.1f megapixels, JPEG of %d bytes", p.Width, p.Height, float64(p.Width)*float64(p.Height)/1e6, p.Bytes)
	t.row("all workers busy\t\tworkers\timages/s\tof the raw loop's\t")
	for _, m := range p.Throughput {
		part := "1"
		if m.OfRaw != nil {
			part = m.OfRaw.words("%.3f")
		}
		t.row("%s\t%s\t%d\t%s\t%s\t%s", m.Engine, m.way(), m.Workers, m.ImagesPerSecond.words("%.2f"), part, m.Note)
	}
	t.row("one request at a time\t\tms\tmore than in process, ms\tratio to it\trequests")
	for _, l := range p.Latency {
		over, times := "", "1"
		if l.OverInProcess != nil {
			over, times = l.OverInProcess.words("%+.3f"), l.OfInProcess.words("%.3f")
		}
		t.row("%s\t%s\t%s\t%s\t%s\t%d", l.Engine, l.way(), l.Milliseconds.words("%.2f"), over, times, l.Requests)
	}
	for _, s := range p.Stages {
		t.row("stages of %s, ms\t%s", s.Engine, s)
	}
}

// words are the median and the range, each in the format of one number.
func (s Spread) words(format string) string {
	return fmt.Sprintf(format+" ["+format+".."+format+"]", s.Median, s.Least, s.Most)
}

// String are the stages in the order they run.
func (s StageSpeed) String() string {
	var words []string
	for _, stage := range []matcher.Stage{matcher.StageDecode, matcher.StageDetect, matcher.StageRedecode, matcher.StageAlign, matcher.StageEmbed} {
		if ms, ok := s.Milliseconds[string(stage)]; ok {
			words = append(words, fmt.Sprintf("%s %.2f", stage, ms))
		}
	}
	return strings.Join(words, ", ")
}

func list(values []float64, format string) string {
	var words []string
	for _, v := range values {
		words = append(words, fmt.Sprintf(format, v))
	}
	return strings.Join(words, ", ")
}

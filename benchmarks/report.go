package benchmarks

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"oblik/models"
)

// WriteJSON writes a report for machines.
func WriteJSON(w io.Writer, report any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(report); err != nil {
		return models.Errorf("report", models.Internal, "%w", err)
	}
	return nil
}

// table collects rows of cells and the lines between them.
type table struct {
	out *tabwriter.Writer
	err error
}

func newTable(w io.Writer) *table { return &table{out: tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)} }

func (t *table) row(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.out, format+"\n", args...)
	}
}

func (t *table) end() error { return cmp.Or(t.err, t.out.Flush()) }

// rows are what a report of one run begins with.
func (s Setup) rows(t *table) {
	s.head(t)
	t.row("failures to extract\t%s", s.Failures)
	t.row("speed\t%.1f images/s, %d workers", s.Speed.ImagesPerSecond, s.Speed.Workers)
	if len(s.Speed.StageMillis) > 0 {
		var stages []string
		for _, name := range slices.Sorted(maps.Keys(s.Speed.StageMillis)) {
			stages = append(stages, fmt.Sprintf("%s %.2f ms", name, s.Speed.StageMillis[name]))
		}
		t.row("stages, mean\t%s", strings.Join(stages, ", "))
	}
}

// head are what every report begins with.
func (s Setup) head(t *table) {
	t.row("machine\t%s", s.Machine)
	t.row("data set\t%s: %d photographs of %d people", s.DataSet, s.Images, s.People)
	if s.Engine != "" {
		t.row("engine\t%s", s.Engine)
	}
	t.row("weights\t%s, %d dimensions, template %d bytes", s.Weights, s.Dimension, s.Speed.TemplateBytes)
	mirror := ""
	if s.Mirror {
		mirror = ", averaged with the mirrored face"
	}
	t.row("detector\t%s at %d px%s", s.Detector, s.LongSide, mirror)
}

// String is the number of failures and of what kinds: "3 (2 no face, 1 face too
// small)".
func (f Failures) String() string {
	if f.Count == 0 {
		return "0"
	}
	var kinds []string
	for _, k := range slices.Sorted(maps.Keys(f.ByKind)) {
		kinds = append(kinds, fmt.Sprintf("%d %s", f.ByKind[k], k))
	}
	return fmt.Sprintf("%d (%s)", f.Count, strings.Join(kinds, ", "))
}

// String is the mean and its standard error.
func (a Accuracy) String() string { return fmt.Sprintf("%.4f ± %.4f", a.Mean, a.StdErr) }

// String is the rate in percent with its interval and the similarity.
func (r Rate) String() string {
	return fmt.Sprintf("%.3g %% [%.3g..%.3g] at %.4f", 100*r.Value, 100*r.Low, 100*r.High, r.Similarity)
}

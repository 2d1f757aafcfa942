package main

import (
	"os"
	"runtime"
	"slices"
	"time"

	"oblik/benchmarks"
	"oblik/matcher"
	"oblik/matcher/index"
	"oblik/matcher/scan"
	"oblik/models"
)

// benchSearchCmd measures searches.
type benchSearchCmd struct {
	engineFlags
	Templates []int   `help:"Sizes of the register." default:"10000,100000,1000000"`
	Queries   []int   `help:"Searches at once, 1..64 each." default:"1,8"`
	Threads   []int   `help:"Threads a search may use; 0 is all cores." default:"1,0"`
	Gallery   int     `help:"People of a small gallery in the register; 0 leaves it out." default:"1000"`
	Churn     int     `help:"Changes a second while searches are measured, up to 100000; 0 leaves it out." default:"1000"`
	Seconds   float64 `help:"Length of a turn of churn, 0.01..60." default:"1"`
	Rounds    int     `help:"Rounds in which all ways take turns, 1..1000; the medians are reported." default:"5"`
	Searches  int     `help:"Probes that are searched for in a round, 1..10000. Half of them are on record." default:"100"`
	Check     int     `help:"Probes, up to 10000, whose answers are compared with a brute force in float64, for each kernel this machine has; over 1,000,000 templates at most. 0 leaves it out." default:"1000"`
	Photos    string  `help:"Photographs NAME/NAME_0001.jpg: a folder, a .zip, a .tar or a .tar.gz. Every tenth template is one of theirs with noise; without them all are random." type:"path"`
	Vectors   string  `help:"Take the templates from this .npy file, a row each, float32 or float16." type:"path"`
	Probes    string  `help:"Take the probes from this .npy file." type:"path"`
	Export    string  `help:"Write the vectors of the largest register and the probes to this folder, vectors.npy and probes.npy, and measure nothing." type:"path"`
	Turns     bool    `help:"Fill an index with all of --vectors and search when told to, by lines of standard input: QUERIES THREADS, or best. Answers in lines of JSON."`
	Seed      uint64  `help:"Seed of every random draw." default:"1"`
	JSON      bool    `name:"json" help:"Report in JSON."`
}

// Run implements the subcommand.
func (c benchSearchCmd) Run(p *program) error {
	setup := benchmarks.SearchSetup{Machine: benchmarks.ThisMachine(time.Now()), Tool: "oblik " + version(), Templates: c.Templates,
		Queries: c.Queries, Threads: threadsOf(c.Threads), Gallery: c.Gallery, Changes: c.Churn, Seconds: c.Seconds, Rounds: c.Rounds, Seed: c.Seed}
	if err := c.check(setup); err != nil {
		return err
	}
	parts, err := c.parts(p, &setup)
	if err != nil {
		return err
	}
	vectors, err := c.vectors(p, &parts, &setup)
	if err != nil {
		return err
	}
	defer vectors.Close() //nolint:errcheck // read only
	switch {
	case c.Export != "":
		return c.export(parts)
	case c.Turns:
		return benchmarks.SearchTurns(p.ctx, parts, setup, os.Stdin, p.out)
	}
	r, err := benchmarks.Search(p.ctx, parts, setup)
	if err != nil {
		return err
	}
	return report(p, c.JSON, r)
}

// check reports a flag out of its bounds.
func (c benchSearchCmd) check(s benchmarks.SearchSetup) error {
	if err := s.Validate(); err != nil {
		return err
	}
	if c.Searches < 1 || c.Searches > 10_000 || c.Check < 0 || c.Check > 10_000 {
		return models.Errorf("bench", models.Invalid, "--searches %d is not within 1..10000, or --check %d not within 0..10000", c.Searches, c.Check)
	}
	if c.Vectors != "" && c.Photos != "" {
		return models.Errorf("bench", models.Invalid, "--vectors and --photos: one of them")
	}
	if (c.Vectors == "") != (c.Probes == "") {
		return models.Errorf("bench", models.Invalid, "--vectors and --probes go together")
	}
	if c.Turns && c.Vectors == "" {
		return models.Errorf("bench", models.Invalid, "--turns needs --vectors and --probes")
	}
	return nil
}

// threadsOf puts the number of cores for 0.
func threadsOf(threads []int) []int {
	out := slices.Clone(threads)
	for i, n := range out {
		if n == 0 {
			out[i] = runtime.NumCPU()
		}
	}
	return slices.Compact(out)
}

// parts are the index and what it is measured by.
func (c benchSearchCmd) parts(p *program, s *benchmarks.SearchSetup) (benchmarks.SearchParts, error) {
	format, calibration, err := c.scale()
	if err != nil {
		return benchmarks.SearchParts{}, err
	}
	kernel, err := scan.Choose()
	if err != nil {
		return benchmarks.SearchParts{}, models.Errorf("bench", models.Invalid, "%w", err)
	}
	s.Kernel = string(kernel)
	parts := benchmarks.SearchParts{Format: format, Calibration: calibration, RowBytes: scan.Width(format.Dimension),
		ReadAll: scan.Read, Progress: bar(p.err)}
	for _, k := range scan.Kernels() {
		parts.Kernels = append(parts.Kernels, string(k))
	}
	var open []*index.Index
	parts.SetThreads = func(n int) {
		for _, x := range open {
			x.Threads = n
		}
	}
	parts.Open = func(kernel string) (matcher.Index, error) {
		if kernel != "" {
			if err := os.Setenv(scan.Variable, kernel); err != nil {
				return nil, models.Errorf("bench", models.Internal, "%w", err)
			}
		}
		x, err := index.New(format, calibration)
		open = append(open, x)
		return x, err
	}
	return parts, nil
}

package main

import (
	"time"

	"oblik/benchmarks"
	"oblik/matcher"
)

// benchCompareCmd measures comparisons of two templates.
type benchCompareCmd struct {
	networkFlags
	Rounds  int     `help:"Rounds in which all take turns, 1..1000; the medians are reported." default:"5"`
	Seconds float64 `help:"Length of a turn, 0.01..60." default:"1"`
	Seed    uint64  `help:"Seed of the templates and of the order of the turns." default:"1"`
	JSON    bool    `name:"json" help:"Report in JSON."`
}

// Run implements the subcommand.
func (c benchCompareCmd) Run(p *program) error {
	format, calibration, err := engineFlags{networkFlags: c.networkFlags}.scale()
	if err != nil {
		return err
	}
	parts := benchmarks.CompareParts{Comparer: matcher.NewCosine(format, calibration), Format: format, Calibration: calibration}
	r, err := benchmarks.Compare(p.ctx, parts, benchmarks.CompareReport{Machine: benchmarks.ThisMachine(time.Now()), Tool: "oblik " + version(),
		Weights: format.Weights, Dimension: format.Dimension, Rounds: c.Rounds, Seconds: c.Seconds, Seed: c.Seed})
	if err != nil {
		return err
	}
	return report(p, c.JSON, r)
}

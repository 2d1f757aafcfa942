package main

import (
	"errors"
	"math/bits"
	"runtime"
	"time"

	"oblik/benchmarks"
	"oblik/models"
)

// benchExtractCmd measures how fast templates are made, by engine, size of the
// photograph and number of workers.
type benchExtractCmd struct {
	engineFlags
	Photo       string  `help:"JPEG of a face, upright as it is stored; it is scaled to each size." default:".cache/photos/obama.jpg" type:"path"`
	Sizes       []int   `help:"Long sides in pixels, 64..8192 each." default:"250,1000,2000,4000"`
	MaxWorkers  int     `help:"Measure 1, 2, 4, ... and this many workers at once, 1..64; 0 is the number of cores. Each way of working takes about 200 MB for each." default:"0"`
	Rounds      int     `help:"Rounds in which all take turns, 5..1000; the medians are reported." default:"5"`
	Seconds     float64 `help:"Length of a turn, 0.01..60." default:"1"`
	Seed        uint64  `help:"Seed of the order of the turns and of the grain." default:"1"`
	Grain       float64 `help:"Grey levels of noise, 0..32, added to the scaled photographs: one made larger is smoother than a camera's and has fewer bytes." default:"0"`
	FullDecode  bool    `help:"Measure decoding at full size, too."`
	Unsandboxed bool    `help:"Measure workers without the sandbox, too."`
	JSON        bool    `name:"json" help:"Report in JSON."`
}

// Run implements the subcommand.
func (c benchExtractCmd) Run(p *program) error {
	params, err := c.params()
	if err != nil {
		return err
	}
	o := benchmarks.SpeedOptions{Progress: bar(p.err), SpeedSetup: benchmarks.SpeedSetup{
		Machine: benchmarks.ThisMachine(time.Now()), Tool: "oblik " + version(), Weights: c.Recogniser, Detector: c.Detector, LongSide: c.LongSide,
		Rounds: c.Rounds, Seconds: c.Seconds, Seed: c.Seed, Grain: c.Grain}}
	if err := errors.Join(c.check(), o.Validate()); err != nil {
		return err
	}
	portrait, err := photo(c.Photo, c.MaxImage)
	if err != nil {
		return err
	}
	if o.Photographs, err = benchmarks.ScaledPhotographs(portrait.Image, c.Sizes, c.Grain, c.Seed); err != nil {
		return err
	}
	r := &rivals{flags: c.engineFlags, params: params, numbers: c.numbers(), fullDecode: c.FullDecode, unsandboxed: c.Unsandboxed, log: p.err}
	defer r.close()
	if err := r.load(&o.SpeedSetup); err != nil {
		return err
	}
	o.Contenders = r.contenders
	found, err := benchmarks.MeasureSpeed(p.ctx, o)
	if err != nil {
		return err
	}
	return report(p, c.JSON, found)
}

// check reports a flag out of its bounds.
func (c benchExtractCmd) check() error {
	if c.Workers != -1 {
		return models.Errorf("bench", models.Invalid, "--workers %d: bench extract measures 1 to --max-workers", c.Workers)
	}
	if c.MaxWorkers < 0 || c.MaxWorkers > 64 {
		return models.Errorf("bench", models.Invalid, "--max-workers %d is not within 0..64", c.MaxWorkers)
	}
	if len(c.Sizes) < 1 || len(c.Sizes) > 16 {
		return models.Errorf("bench", models.Invalid, "--sizes: %d sizes are not within 1..16", len(c.Sizes))
	}
	for _, side := range c.Sizes {
		if side < 64 || side > 8192 {
			return models.Errorf("bench", models.Invalid, "--sizes: %d is not within 64..8192", side)
		}
	}
	return nil
}

// numbers of workers to measure: the powers of two below the most, and that.
func (c benchExtractCmd) numbers() (numbers []int) {
	most := c.MaxWorkers
	if most == 0 {
		most = min(64, runtime.NumCPU())
	}
	for i := range bits.Len(uint(most - 1)) {
		numbers = append(numbers, 1<<i)
	}
	return append(numbers, most)
}

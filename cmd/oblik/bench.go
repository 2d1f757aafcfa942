package main

import (
	"io"
	"os"
	"runtime/debug"
	"time"

	"oblik/benchmarks"
	"oblik/matcher"
	"oblik/matcher/weights"
)

// benchCmd measures.
type benchCmd struct {
	LFW       benchLFWCmd       `cmd:"" name:"lfw" help:"Accuracy and speed on a list of pairs and over all cross pairs."`
	Calibrate benchCalibrateCmd `cmd:"" help:"Make the calibration table of a recogniser."`
	Identify  benchIdentifyCmd  `cmd:"" help:"Accuracy of searches, by the size of the gallery."`
	Engines   benchEnginesCmd   `cmd:"" help:"How alike the engines' vectors are, and their error rates."`
	Extract   benchExtractCmd   `cmd:"" help:"Speed of extraction, by engine, size of the photograph and number of workers."`
	Search    benchSearchCmd    `cmd:"" help:"Speed and memory of searches, by the size of the register; answers compared with a brute force."`
	Compare   benchCompareCmd   `cmd:"" help:"Speed of one-to-one comparisons."`
}

// benchFlags are those of every measurement.
type benchFlags struct {
	engineFlags
	Images     string `help:"Photographs NAME/NAME_0001.jpg: a folder, a .zip, a .tar or a .tar.gz." required:"" type:"path"`
	DataSet    string `help:"Name of the data set, for the report." default:"LFW"`
	Replicates int    `help:"Resamplings of people behind each interval." default:"1000"`
	Seed       uint64 `help:"Seed of every random draw." default:"1"`
	Mirror     bool   `help:"Average each vector with the mirrored face's: a little better, twice the recogniser's time."`
	FullDecode bool   `help:"Decode large JPEGs at their full size, for comparison."`
	JSON       bool   `name:"json" help:"Report in JSON."`
}

// params are the matcher's, with what a measurement may change of the recipe.
func (f benchFlags) params() (matcher.Params, error) {
	p, err := f.engineFlags.params()
	p.Mirror, p.FullDecode = f.Mirror, f.FullDecode
	return p, err
}

func (f benchFlags) options(p *program) (benchmarks.Options, error) {
	w, err := weights.Load(f.weightsFolder(), f.Recogniser, weights.Recognise)
	if err != nil {
		return benchmarks.Options{}, err
	}
	params, err := f.params()
	if err != nil {
		return benchmarks.Options{}, err
	}
	stages := &benchmarks.StageTimes{}
	return benchmarks.Options{
		Images: f.Images, Replicates: f.Replicates, Seed: f.Seed, Stages: stages, Now: time.Now(),
		WeightsSHA256: w.Manifest.SHA256, Detector: f.Detector, LongSide: f.LongSide, Mirror: f.Mirror,
		DataSet: f.DataSet, Tool: "oblik " + version(), Workers: max(0, f.Workers), Progress: bar(p.err),
		Factory: func() (matcher.Extractor, func(), error) {
			pipeline, _, err := f.pipelineOf(params, stages.Observe)
			if err != nil {
				return nil, nil, err
			}
			x := matcher.NewLocal(pipeline)
			return x, x.Close, nil
		},
	}, nil
}

// version is the commit the program was built from, if it knows.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "development"
}

type benchLFWCmd struct {
	benchFlags
	Pairs string `help:"List of pairs with its folds, LFW's pairs.txt." required:"" type:"path"`
	CSV   string `name:"csv" help:"Write the curve of FMR and FNMR to this file." type:"path"`
}

// Run implements the subcommand.
func (c benchLFWCmd) Run(p *program) error {
	o, err := c.options(p)
	if err != nil {
		return err
	}
	o.Pairs = c.Pairs
	r, err := benchmarks.LFW(p.ctx, o)
	if err != nil {
		return err
	}
	if c.CSV != "" {
		if err := writeFile(c.CSV, func(w io.Writer) error { return benchmarks.WriteCurve(w, r.Curve) }); err != nil {
			return err
		}
	}
	return report(p, c.JSON, r)
}

type benchCalibrateCmd struct {
	benchFlags
	Pairs string `help:"List of pairs, whose folds divide the people." required:"" type:"path"`
	Out   string `help:"Write the table to this file." type:"path"`
}

// Run implements the subcommand.
func (c benchCalibrateCmd) Run(p *program) error {
	o, err := c.options(p)
	if err != nil {
		return err
	}
	o.Pairs = c.Pairs
	r, err := benchmarks.Calibrate(p.ctx, o)
	if err != nil {
		return err
	}
	if c.Out != "" {
		data, err := benchmarks.EncodeCalibration(r.Table)
		if err != nil {
			return err
		}
		if err := writeFile(c.Out, func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
			return err
		}
	}
	return report(p, c.JSON, r)
}

type benchIdentifyCmd struct {
	benchFlags
}

// Run implements the subcommand.
func (c benchIdentifyCmd) Run(p *program) error {
	o, err := c.options(p)
	if err != nil {
		return err
	}
	_, scale, err := c.scale()
	if err != nil {
		return err
	}
	r, err := benchmarks.Identify(p.ctx, o, scale)
	if err != nil {
		return err
	}
	return report(p, c.JSON, r)
}

// report prints a measurement as text, or as JSON.
func report(p *program, asJSON bool, r interface{ WriteText(io.Writer) error }) error {
	if asJSON {
		return benchmarks.WriteJSON(p.out, r)
	}
	return r.WriteText(p.out)
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name) //nolint:gosec // the user names it
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

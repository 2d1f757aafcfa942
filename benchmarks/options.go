package benchmarks

import (
	"context"
	"errors"
	"time"
)

// Options are what the measurements need.
type Options struct {
	Images     string  // folder or archive, see [OpenDataSet]
	Pairs      string  // list of pairs, see [ParsePairs]; Identify needs none
	Factory    Factory // makes an in-process extractor for each worker
	Workers    int     // the number of CPUs if 0
	Replicates int     // of the resampling; 1,000 if 0
	Seed       uint64  // 1 if 0
	Progress   ProgressFunc
	Stages     *StageTimes // to be given to the extractors as their trace; nil if not measured
	Now        time.Time

	// What the reports and the table say of how the templates were made.
	WeightsSHA256 string
	Detector      string
	LongSide      int
	Mirror        bool
	DataSet       string // name of the data set, e.g. "LFW View 2, folds 1-5, deep-funnelled"
	Tool          string // program and version
}

// Setup is what a report was measured with.
type Setup struct {
	Machine    Machine  `json:"machine"`
	Tool       string   `json:"tool"`
	DataSet    string   `json:"dataSet"`
	Engine     string   `json:"engine,omitempty"`
	Weights    string   `json:"weights"`
	Dimension  int      `json:"dimension"`
	Detector   string   `json:"detector"`
	LongSide   int      `json:"longSide"`
	Mirror     bool     `json:"mirror"`
	Images     int      `json:"images"`
	Skipped    int      `json:"skippedFiles"`
	People     int      `json:"people"`
	Failures   Failures `json:"failures"`
	Replicates int      `json:"replicates"`
	Seed       uint64   `json:"seed"`
	Speed      Speed    `json:"speed"`
}

// Failures are the photographs that gave no template.
type Failures struct {
	Count  int            `json:"count"`
	ByKind map[string]int `json:"byKind"`
}

// Speed is what the extraction took.
type Speed struct {
	Workers         int                `json:"workers"`
	ImagesPerSecond float64            `json:"imagesPerSecond"` // all workers together, reading included
	StageMillis     map[string]float64 `json:"stageMilliseconds"`
	TemplateBytes   int                `json:"templateBytes"`
}

// extract opens the data set and makes its vectors.
func (o Options) extract(ctx context.Context) (s *Set, setup Setup, err error) {
	d, err := OpenDataSet(o.Images)
	if err != nil {
		return nil, setup, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	e, err := Extract(ctx, d, o.Factory, o.Workers, o.Progress)
	if err != nil {
		return nil, setup, err
	}
	r := o.resampling()
	setup = Setup{Machine: ThisMachine(o.Now), Tool: o.Tool, DataSet: o.DataSet, Engine: e.Engine,
		Weights: e.Format.Weights, Dimension: e.Format.Dimension, Detector: o.Detector, LongSide: o.LongSide, Mirror: o.Mirror,
		Images: len(d.Refs()), Skipped: d.Skipped(), People: len(e.Set.People),
		Failures:   Failures{Count: len(e.Set.Failures), ByKind: map[string]int{}},
		Replicates: r.Replicates, Seed: r.Seed,
		Speed: Speed{Workers: e.Workers, ImagesPerSecond: e.ImagesPerSecond, TemplateBytes: e.TemplateBytes}}
	for _, f := range e.Set.Failures {
		setup.Failures.ByKind[f.Kind.String()]++
	}
	if o.Stages != nil {
		setup.Speed.StageMillis = o.Stages.Milliseconds()
	}
	return e.Set, setup, nil
}

func (o Options) resampling() Resampling {
	r := Resampling{Replicates: o.Replicates, Seed: o.Seed, Workers: o.Workers, Report: o.Progress}
	if r.Replicates == 0 {
		r.Replicates = 1000
	}
	if r.Seed == 0 {
		r.Seed = 1
	}
	return r
}

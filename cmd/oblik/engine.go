package main

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/opencv"
	"oblik/matcher/weights"
	"oblik/matcher/worker"
	"oblik/models"
)

// engineFlags say how templates are made.
type engineFlags struct {
	weightsFlags
	Detector   string `help:"Id of the detector's weights." default:"yunet-2023mar-int8bq"`
	Recogniser string `help:"Id of the recogniser's weights." default:"sface-2021dec-int8bq"`
	LongSide   int    `help:"Side of the detector's input in pixels, a multiple of 32." default:"320"`
	MaxImage   int    `help:"Longest image accepted, in bytes." default:"6291456"`
	Workers    int    `help:"Processes that extract templates; 0 extracts in this one, -1 starts one a core." default:"-1"`
}

// params are the matcher's, with what the flags change.
func (f engineFlags) params() (matcher.Params, error) {
	p := matcher.DefaultParams()
	p.LongSide, p.Limits.MaxBytes = f.LongSide, f.MaxImage
	if f.MaxImage < 1 || f.MaxImage > 64<<20 {
		return p, models.Errorf("config", models.Invalid, "--max-image %d is not within 1..%d", f.MaxImage, 64<<20)
	}
	if f.Workers < -1 || f.Workers > 256 {
		return p, models.Errorf("config", models.Invalid, "--workers %d is not within -1..256", f.Workers)
	}
	return p, p.Validate()
}

// pipeline loads the networks and makes one pipeline of them.
func (f engineFlags) pipeline() (*matcher.Pipeline, models.Format, error) {
	p, err := f.params()
	if err != nil {
		return nil, models.Format{}, err
	}
	return f.pipelineOf(p, nil)
}

func (f engineFlags) pipelineOf(p matcher.Params, trace matcher.Trace) (*matcher.Pipeline, models.Format, error) {
	detect, err := weights.Load(f.weightsFolder(), f.Detector, weights.Detect)
	if err != nil {
		return nil, models.Format{}, err
	}
	recognise, err := weights.Load(f.weightsFolder(), f.Recogniser, weights.Recognise)
	if err != nil {
		return nil, models.Format{}, err
	}
	var nets opencv.Networks
	if nets.Detector, err = opencv.NewNetwork(detect, p.LongSide, face.OutputNames()); err != nil {
		return nil, models.Format{}, err
	}
	if nets.Recogniser, err = opencv.NewNetwork(recognise, face.CropSide, recognise.Manifest.Outputs); err != nil {
		nets.Close()
		return nil, models.Format{}, err
	}
	stages, err := opencv.NewStages(nets, recognise.Manifest, p)
	if err != nil {
		return nil, models.Format{}, err
	}
	return matcher.NewPipeline(stages, p, trace), stages.Format, nil
}

// extractor is an Extractor that can be closed and asked whether it works.
type extractor interface {
	matcher.Extractor
	Close()
	Ready() int
}

// inProcess makes matcher.Local an extractor.
type inProcess struct{ *matcher.Local }

// Ready implements extractor: a pipeline in this process works or the process is gone.
func (inProcess) Ready() int { return 1 }

// extractor starts the workers, at most most of them, or loads one pipeline
// into this process.
func (f engineFlags) extractor(most int, log *slog.Logger) (extractor, error) {
	p, err := f.params()
	if err != nil {
		return nil, err
	}
	if f.Workers == 0 {
		pipeline, _, err := f.pipelineOf(p, nil)
		if err != nil {
			return nil, err
		}
		return inProcess{matcher.NewLocal(pipeline)}, nil
	}
	n := f.Workers
	if n < 0 {
		n = runtime.NumCPU()
	}
	self, err := os.Executable()
	if err != nil {
		return nil, models.Errorf("worker", models.Internal, "%w", err)
	}
	pool, err := worker.NewPool(worker.Config{
		Workers: max(1, min(n, most)), Limits: p.Limits, Log: log,
		Command: func() *exec.Cmd {
			return exec.CommandContext(context.Background(), self, append([]string{"worker"}, f.args()...)...) //nolint:gosec // this program
		},
	})
	if err != nil {
		return nil, err // not the nil pool, which is no nil extractor
	}
	return pool, nil
}

// args are the flags as a child process is given them: a worker's environment
// is empty.
func (f engineFlags) args() []string {
	return []string{"--weights-dir", f.weightsFolder(), "--detector", f.Detector, "--recogniser", f.Recogniser,
		"--long-side", strconv.Itoa(f.LongSide), "--max-image", strconv.Itoa(f.MaxImage)}
}

// scale loads what a comparison needs: the format and the calibration that
// belongs to the very weights in use.
func (f engineFlags) scale() (models.Format, *matcher.Calibration, error) {
	m, table, err := weights.Table(f.weightsFolder(), f.Recogniser)
	if err != nil {
		return models.Format{}, nil, err
	}
	c, err := matcher.ParseCalibration(table)
	if err != nil {
		return models.Format{}, nil, err
	}
	made := c.Table().Provenance
	if made.WeightsSHA256 != m.SHA256 {
		return models.Format{}, nil, models.Errorf("config", models.Invalid,
			"the calibration table of %s was made with weights of digest %s, these have %s", f.Recogniser, made.WeightsSHA256, m.SHA256)
	}
	return models.Format{Weights: m.ID, Dimension: m.Dimension}, c, nil
}

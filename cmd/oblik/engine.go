package main

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"oblik/matcher"
	"oblik/matcher/openvino"
	"oblik/matcher/weights"
	"oblik/matcher/worker"
	"oblik/matcher/worker/sandbox"
	"oblik/models"
)

// engineFlags say how templates are made.
type engineFlags struct {
	networkFlags
	LongSide     int    `help:"Side of the detector's input in pixels, a multiple of 32." default:"320"`
	MaxImage     int    `help:"Longest image accepted, in bytes." default:"6291456"`
	Workers      int    `help:"Processes that extract templates, at most 256; -1 starts one a core, 0 extracts in this process, without a sandbox." default:"-1"`
	Sandbox      string `help:"Whether workers give up files, network and new processes: require, try (whatever this kernel offers) or off." enum:"require,try,off" default:"require"`
	WorkerMemory int    `help:"MiB that a worker may take for one image, beyond what it holds when it starts: 512..65536." default:"1024"`
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
	if f.WorkerMemory < 512 || f.WorkerMemory > 65536 {
		return p, models.Errorf("config", models.Invalid, "--worker-memory %d is not within 512..65536", f.WorkerMemory)
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
	stages, err := f.stages(p)
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
	Engine() string  // what runs the networks, in words
	Sandbox() string // what the processes that read photographs have given up, in words
}

// inProcess makes matcher.Local an extractor.
type inProcess struct{ *matcher.Local }

// Ready implements extractor: a pipeline in this process works or the process is gone.
func (inProcess) Ready() int { return 1 }

// Sandbox implements extractor.
func (inProcess) Sandbox() string { return "off: photographs are read in this process" }

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
		if f.Sandbox != string(sandbox.Off) {
			log.Warn("photographs are read in this process, which has no sandbox")
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
		Workers: max(1, min(n, most)), Limits: p.Limits, Sandbox: sandbox.Mode(f.Sandbox), Log: log,
		Command: func() *exec.Cmd {
			return exec.CommandContext(context.Background(), self, append([]string{"worker"}, f.args()...)...) //nolint:gosec // this program
		},
	})
	if err != nil {
		return nil, err // not the nil pool, which is no nil extractor
	}
	if f.Engine == engineAuto && f.OpenvinoDir != "" && !strings.HasPrefix(pool.Engine(), "OpenVINO") {
		log.Warn("OpenVINO does not load from the folder that was named", "engine", pool.Engine())
	}
	return pool, nil
}

// args are the flags as a child process is given them: a worker's environment
// is empty.
func (f engineFlags) args() []string {
	args := []string{"--weights-dir", f.weightsFolder(), "--detector", f.Detector, "--recogniser", f.Recogniser,
		"--engine", f.Engine, "--compiled-dir", f.compiledFolder(),
		"--long-side", strconv.Itoa(f.LongSide), "--max-image", strconv.Itoa(f.MaxImage),
		"--sandbox", f.Sandbox, "--worker-memory", strconv.Itoa(f.WorkerMemory)}
	if dir := f.openvinoFolder(); dir != openvino.System {
		args = append(args, "--openvino-dir", dir)
	}
	return args
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

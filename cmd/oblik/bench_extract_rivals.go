package main

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"time"

	"oblik/benchmarks"
	"oblik/matcher"
	"oblik/models"
)

// rivals are the contenders of `oblik bench extract`: of each engine the raw
// loop, the recipe in this process and the recipe in workers, at each number
// of workers. The raw loop and the recipe in this process share networks, so
// that neither has better memory than the other; they take turns.
type rivals struct {
	flags       engineFlags
	params      matcher.Params
	numbers     []int // of workers, rising
	fullDecode  bool  // one more contender
	unsandboxed bool  // one more at each number
	log         io.Writer

	contenders []benchmarks.Contender
	free       []func()
}

// close frees the networks and ends the workers.
func (r *rivals) close() {
	for _, free := range slices.Backward(r.free) {
		free()
	}
}

// load makes the contenders. An engine that does not load is left out, with a
// note in the setup, if it was not asked for by name.
func (r *rivals) load(setup *benchmarks.SpeedSetup) error {
	setup.Engines, setup.NotLoaded = map[string]string{}, map[string]string{}
	engines := []string{r.flags.Engine}
	if r.flags.Engine == engineAuto {
		engines = []string{engineOpenCV, engineOpenVINO}
	}
	for _, engine := range engines {
		flags := r.flags
		flags.Engine = engine
		stages, err := r.networks(flags)
		if err != nil && engine == engineOpenVINO && len(engines) > 1 {
			setup.NotLoaded[engine] = cause(err)
			continue
		}
		if err != nil {
			return err
		}
		setup.Engines[engine] = stages[0].Engine
		if setup.Sandbox, err = r.enter(flags, stages); err != nil {
			return err
		}
	}
	return nil
}

// networks loads an engine's, as many as are used at once.
func (r *rivals) networks(flags engineFlags) (stages []matcher.Stages, err error) {
	for range slices.Max(r.numbers) {
		s, err := flags.stages(r.params)
		if err != nil {
			return nil, err
		}
		r.free = append(r.free, s.Close)
		stages = append(stages, s)
	}
	return stages, nil
}

// enter makes an engine's contenders; sandbox is what holds its workers.
func (r *rivals) enter(flags engineFlags, stages []matcher.Stages) (sandbox string, err error) {
	ear := &listener{}
	var pipelines []*matcher.Pipeline
	for _, s := range stages {
		pipelines = append(pipelines, matcher.NewPipeline(s, r.params, ear.hear))
	}
	for _, n := range r.numbers {
		r.add(flags, benchmarks.RawLoop, "", n, rawLoop(stages[:n], r.params), nil)
		r.add(flags, benchmarks.InProcess, "", n, recipe(pipelines[:n]...), ear.watch)
		if r.fullDecode && n == 1 {
			params := r.params
			params.FullDecode = true
			r.add(flags, benchmarks.InProcess, "full decode", n, recipe(matcher.NewPipeline(stages[0], params, nil)), nil)
		}
		if sandbox, err = r.workers(flags, n); err != nil {
			return "", err
		}
		if r.unsandboxed && flags.Sandbox != "off" {
			bare := flags
			bare.Sandbox = "off"
			if _, err := r.workers(bare, n); err != nil {
				return "", err
			}
		}
	}
	return sandbox, nil
}

func (r *rivals) add(flags engineFlags, kind, variant string, n int, load loader, watch func(matcher.Trace)) *benchmarks.Contender {
	r.contenders = append(r.contenders, benchmarks.Contender{Load: load, Watch: watch,
		Contestant: benchmarks.Contestant{Engine: flags.Engine, Kind: kind, Variant: variant, Workers: n}})
	return &r.contenders[len(r.contenders)-1]
}

// workers starts n processes and makes them a contender.
func (r *rivals) workers(flags engineFlags, n int) (sandbox string, err error) {
	before := children()
	flags.Workers = n
	x, err := flags.extractor(n, newLog(r.log, slog.LevelWarn))
	if err != nil {
		return "", err
	}
	r.free = append(r.free, x.Close)
	started := slices.DeleteFunc(children(), func(pid int) bool { return slices.Contains(before, pid) })
	c := r.add(flags, benchmarks.Workers, "sandbox "+flags.Sandbox, n, requests(x), nil)
	c.Processes = func() []int { return started }
	if s, tells := x.(interface{ Sandbox() string }); tells {
		return s.Sandbox(), nil
	}
	return flags.Sandbox, nil
}

// loader makes a contender ready for a photograph, see [benchmarks.Contender].
type loader = func(photo []byte) (benchmarks.Runner, string, error)

// recipe runs pipelines in this process. They are not closed: their stages
// are freed once, by close.
func recipe(pipelines ...*matcher.Pipeline) loader { return requests(matcher.NewLocal(pipelines...)) }

// requests asks an extractor.
func requests(x matcher.Extractor) loader {
	return func(photo []byte) (benchmarks.Runner, string, error) {
		sample := models.Sample{Modality: models.Face, Image: photo}
		return func(ctx context.Context) error {
			_, err := x.Extract(ctx, sample)
			return err
		}, "", nil
	}
}

// listener passes a trace on to whoever listens now; that changes only while
// nothing is extracted.
type listener struct{ to matcher.Trace }

func (l *listener) watch(to matcher.Trace) { l.to = to }

func (l *listener) hear(stage matcher.Stage, took time.Duration) {
	if l.to != nil {
		l.to(stage, took)
	}
}

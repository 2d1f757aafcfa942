package main

import (
	"os"
	"runtime/debug"

	"oblik/matcher"
	"oblik/matcher/worker"
	"oblik/matcher/worker/sandbox"
	"oblik/models"
)

// workerCmd is the child's side of worker.Pool.
type workerCmd struct {
	engineFlags
}

// Run implements the subcommand.
func (w workerCmd) Run(*program) error {
	return worker.Serve(os.Stdin, os.Stdout, worker.Child{
		Limit:   w.MaxImage,
		Sandbox: sandbox.Config{Mode: sandbox.Mode(w.Sandbox), Memory: int64(w.WorkerMemory) << 20},
		Load: func() (*matcher.Pipeline, models.Format, error) {
			p, format, err := w.pipeline()
			debug.FreeOSMemory() // the weights' file, which the engine has copied, goes back at once
			return p, format, err
		},
	})
}

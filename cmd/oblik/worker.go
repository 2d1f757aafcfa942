package main

import (
	"errors"
	"io"
	"os"
	"runtime/debug"
	"time"

	"oblik/matcher"
	"oblik/matcher/worker"
	"oblik/models"
)

// workerCmd is the child's side of worker.Pool.
type workerCmd struct {
	engineFlags
}

// Run implements the subcommand.
func (w workerCmd) Run(*program) error {
	load := func() (*matcher.Pipeline, models.Format, error) {
		p, format, err := w.pipeline()
		debug.FreeOSMemory() // the weights' file, which OpenCV has copied, goes back at once
		return p, format, err
	}
	return worker.Serve(orphan{os.Stdin}, os.Stdout, w.MaxImage, load)
}

// orphan ends the process soon after its input has ended, even while native
// code hangs: a worker must not outlive the service.
type orphan struct{ in io.Reader }

// Read implements [io.Reader].
func (o orphan) Read(p []byte) (int, error) {
	n, err := o.in.Read(p)
	if errors.Is(err, io.EOF) {
		time.AfterFunc(3*time.Second, func() { os.Exit(exitError) })
	}
	return n, err
}

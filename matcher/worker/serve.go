package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"oblik/matcher"
	"oblik/matcher/worker/sandbox"
	"oblik/models"
)

// orphanTime is what a child that hangs has from the end of its parent to its
// own.
const orphanTime = 3 * time.Second

// Child says how to be one.
type Child struct {
	Limit   int            // bytes of an image
	Sandbox sandbox.Config // entered when the networks are loaded and warm

	// Load makes the pipeline and tells the format of its templates.
	Load func() (*matcher.Pipeline, models.Format, error)
}

// Serve is the child: it loads and warms the networks, enters the sandbox,
// greets, then answers each image read from in with one answer on out, until in
// ends. A failure before that is told in the greeting and returned. If the
// other end of in is gone for orphanTime the process ends, even while native
// code hangs: a worker must not outlive the service.
//
// The process must be used for nothing else: what the sandbox takes away does
// not come back.
func Serve(in, out *os.File, c Child) error {
	// One thread for all native code: the C library keeps an arena of memory a
	// thread, and one that is warm is faster than several.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	go endWithParent(in) // before the sandbox, which allows no new timers' descriptors
	pipeline, g, err := prepare(c)
	if err != nil {
		_ = greet(out, greeting{Error: err.Error()}) // the parent may be gone; the error is returned anyway
		return err
	}
	defer pipeline.Close()
	if err := greet(out, g); err != nil {
		return err
	}
	for images := (frames{in: in, limit: c.Limit}); ; {
		image, err := images.next()
		if err != nil {
			return nil // the parent has closed the pipe, or is gone
		}
		data, err := encodeAnswer(pipeline.Extract(context.Background(), image))
		if err != nil {
			return fmt.Errorf("worker: %w", err)
		}
		if err := writeFrame(out, data); err != nil {
			return fmt.Errorf("worker: %w", err)
		}
	}
}

// prepare loads, warms up and enters the sandbox.
func prepare(c Child) (*matcher.Pipeline, greeting, error) {
	pipeline, format, err := c.Load()
	if err != nil {
		return nil, greeting{}, err
	}
	if err := pipeline.WarmUp(); err != nil {
		pipeline.Close()
		return nil, greeting{}, err
	}
	time.NewTimer(time.Hour).Stop() // Go's runtime opens what timers need at the first one
	state, err := sandbox.Enter(c.Sandbox)
	if err != nil {
		pipeline.Close()
		return nil, greeting{}, err
	}
	return pipeline, greeting{Format: format, Engine: pipeline.Engine(), Sandbox: state}, nil
}

func greet(out io.Writer, g greeting) error {
	data, err := json.Marshal(g)
	if err == nil {
		err = writeFrame(out, data)
	}
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	return nil
}

// endWithParent ends the process some time after nobody can write to in any
// more.
func endWithParent(in *os.File) {
	if hangUp(in) == nil {
		time.Sleep(orphanTime)
		os.Exit(1)
	}
}

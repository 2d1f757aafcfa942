package benchmarks

import (
	"context"
	"fmt"

	"oblik/matcher"
)

// Kinds of contenders. Each engine's raw loop is the limit of what the others
// of that engine can reach.
const (
	RawLoop   = "raw loop"   // decode, detector and recogniser alone, no service around them
	InProcess = "in process" // the whole recipe, in this process
	Workers   = "workers"    // the whole recipe, in processes of their own
)

// Contestant says who is measured.
type Contestant struct {
	Engine  string `json:"engine"`
	Kind    string `json:"kind"`              // RawLoop, InProcess or Workers
	Variant string `json:"variant,omitempty"` // what sets it apart from others of its kind
	Workers int    `json:"workers"`           // how many images it works on at once, at least 1
}

// Runner works on a photograph once, from bytes to template. It is safe for as
// many goroutines as its contender has workers.
type Runner func(ctx context.Context) error

// Contender is a way to make templates. Contenders take turns, so they may
// share what no two of them use at once.
type Contender struct {
	Contestant
	// Load makes it ready for a photograph. note tells the reader of the report
	// what it does with that one; it may be empty.
	Load func(photo []byte) (run Runner, note string, err error)
	// Watch sets who is told the time of each stage, nil for nobody. nil if it
	// can't tell. It is called between the turns.
	Watch func(matcher.Trace)
	// Processes are the ids of the processes it runs in, nil if it is this one.
	Processes func() []int
}

// String is the contestant in words: "opencv, workers (require), 2".
func (c Contestant) String() string { return fmt.Sprintf("%s, %s, %d", c.Engine, c.way(), c.Workers) }

func (c Contestant) way() string {
	if c.Variant == "" {
		return c.Kind
	}
	return c.Kind + " (" + c.Variant + ")"
}

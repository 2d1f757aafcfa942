package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"oblik/models"
)

// statusCmd tells an operator whether the service and its stores are well, and
// what to do next where they are not.
type statusCmd struct {
	dataFlags
	lockFlags
	probeFlags
	JSON bool `name:"json" help:"Answer in JSON."`
}

// lockFlags are the settings by which people are locked.
type lockFlags struct {
	LockAfter int `help:"Failed verifications of one person in a row, after which each further one has to wait; 0 switches it off." default:"5"`
	LockStop  int `help:"Failed verifications in a row, after which a person is locked until an operator unlocks it." default:"50"`
}

// The states of a part.
const (
	partWell  = "ok"
	partLook  = "look"  // somebody should look at it, nothing is broken
	partWrong = "wrong" // exit status 1
)

// check is what was found out about one part.
type check struct {
	Part   string `json:"part"`
	State  string `json:"state"`
	Detail string `json:"detail"`
	Next   string `json:"next,omitempty"` // what to do, one sentence
}

// statusTime bounds each question; a store that is down must not keep somebody
// waiting who wants to know just that.
const statusTime = 3 * time.Second

// Run implements the subcommand. It changes nothing; exit status 1 says that
// something is wrong.
func (c statusCmd) Run(p *program) error {
	checks := c.checks(p.ctx)
	more, err := c.ofStores(p)
	if err != nil {
		return err
	}
	checks = append(checks, more...)
	well := true
	for _, k := range checks {
		well = well && k.State != partWrong
	}
	if c.JSON {
		err = printJSON(p.out, map[string]any{"well": well, "checks": checks})
	} else {
		for _, k := range checks {
			fmt.Fprintf(p.out, "%-6s %-10s %s\n", k.State, k.Part, k.Detail)
			if k.Next != "" {
				fmt.Fprintf(p.out, "%-17s -> %s\n", "", k.Next)
			}
		}
	}
	if err == nil && !well {
		err = errNo
	}
	return err
}

// ofStores are the checks of the stores. A data directory is one process's at a
// time: while the service has it, only the service can tell.
func (c statusCmd) ofStores(p *program) (checks []check, err error) {
	if err := c.existing(); err != nil {
		return []check{{"database", partWrong, cause(err), "Nothing is there yet: `oblik serve` makes it. If there should be, name the data directory with --data-dir."}}, nil
	}
	rows, err := c.openStores(p.ctx, newLog(p.err, slog.LevelError))
	switch {
	case err != nil && c.embedded() && models.KindOf(err) == models.Unavailable:
		return []check{{"database", partWell, "in use, as it is while a service runs; stop it to look inside, or ask its /metrics", ""}}, nil
	case err != nil && c.embedded():
		return []check{{"database", partWrong, cause(err), "Restore the data directory from a backup."}}, nil
	case err != nil:
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.close()) }()
	return c.inspect(p.ctx, rows), nil
}

// inspect asks the stores. Without the database nothing else is asked.
func (c statusCmd) inspect(ctx context.Context, rows *stores) []check {
	records := pinged(ctx, "database", rows.where, rows.pingRecords, recordsNext)
	images := pinged(ctx, "images", "there", rows.pingImages, imagesNext)
	if records.State == partWrong {
		return []check{records, images}
	}
	return []check{records, images, galleriesOf(ctx, rows), tasksOf(ctx, rows), outboxOf(ctx, rows, images.State), c.lockedOf(ctx, rows)}
}

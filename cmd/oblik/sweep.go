package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"oblik/models"
	"oblik/storage"
)

// sweepCmd compares rows and images.
type sweepCmd struct {
	dataFlags
	Repair     bool `help:"Delete images that nothing names, for good. What is missing or corrupt can't be repaired from here: restore it from a backup, or take the photograph again."`
	MaxOrphans int  `help:"With --repair: if there are more than so many, delete none. The wrong database, or an older one, makes orphans of images that are needed." default:"100"`
	Quick      bool `help:"Compare names and lengths only, without reading the images."`
	JSON       bool `name:"json" help:"Answer in JSON, one finding a line."`
}

// Run implements the subcommand. It may run beside a service on PostgreSQL and
// S3. Status 1 says that something is wrong and remains so.
func (c sweepCmd) Run(p *program) (err error) {
	if err := c.existing(); err != nil {
		return err
	}
	rows, err := c.openStores(p.ctx, newLog(p.err, slog.LevelWarn))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.close()) }()
	if err := c.sound(p.ctx, rows); err != nil {
		return err
	}
	report, err := storage.Sweep(p.ctx, rows.images, rows.records, storage.SweepOptions{
		Repair: c.Repair, Quick: c.Quick, Found: func(f storage.Finding) { c.print(p, f) },
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(p.out).Encode(map[string]any{"images": report.Images, "references": report.References,
			"orphans": report.Orphans, "removed": report.Removed, "missing": report.Missing, "corrupt": report.Corrupt})
	} else {
		fmt.Fprintf(p.out, "%d images, %d references to them: %d orphans (%d removed), %d missing, %d corrupt\n",
			report.Images, report.References, report.Orphans, report.Removed, report.Missing, report.Corrupt)
	}
	if err == nil && report.Orphans-report.Removed+report.Missing+report.Corrupt > 0 {
		err = errNo
	}
	return err
}

// sound is an error if a store is not there or, before a repair, if it would
// delete more than it may.
func (c sweepCmd) sound(ctx context.Context, rows *stores) error {
	for _, ping := range []func(context.Context) error{rows.pingRecords, rows.pingImages} {
		if ping == nil {
			continue
		}
		if err := ping(ctx); err != nil {
			return err
		}
	}
	if !c.Repair {
		return nil
	}
	first, err := storage.Sweep(ctx, rows.images, rows.records, storage.SweepOptions{Quick: true})
	if err == nil && first.Orphans > c.MaxOrphans {
		err = models.Errorf("sweep", models.Invalid,
			"%d of %d images are named by nothing in the database, and --max-orphans is %d: nothing was deleted. Is it the database of these images, and the newest? Images of those enrolled since an older one was saved exist here alone",
			first.Orphans, first.Images, c.MaxOrphans)
	}
	return err
}

// print names the image, and the encounter whose photograph is to be taken again.
func (c sweepCmd) print(p *program, f storage.Finding) {
	if c.JSON {
		fmt.Fprintf(p.out, "{\"fault\":%q,\"image\":%q,\"personId\":%q,\"encounterId\":%q}\n",
			f.Fault, f.Key, f.Encounter.Person, f.Encounter.Encounter)
		return
	}
	fmt.Fprintf(p.out, "%s: image %s", f.Fault, f.Key)
	if f.Fault != storage.Orphan {
		fmt.Fprintf(p.out, " of person %s, encounter %s", f.Encounter.Person, f.Encounter.Encounter)
	}
	fmt.Fprintln(p.out)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"oblik/models"
	"oblik/storage"
)

// unlockCmd forgets a person's failed verifications.
type unlockCmd struct {
	dataFlags
	lockFlags
	Person string `arg:"" optional:"" help:"Id of the person."`
	List   bool   `help:"List the people who are locked or have to wait, with their failures in a row."`
}

// Run implements the subcommand.
func (c unlockCmd) Run(p *program) (err error) {
	person := models.PersonID(c.Person)
	switch {
	case c.List == (c.Person != ""):
		return models.Errorf("unlock", models.Invalid, "either a person or --list is needed")
	case !c.List:
		if err := person.Validate(); err != nil {
			return err
		}
	}
	if err := c.existing(); err != nil {
		return err
	}
	rows, err := c.openStores(p.ctx, newLog(p.err, slog.LevelWarn))
	if c.embedded() && models.KindOf(err) == models.Unavailable {
		return models.Errorf("unlock", models.Unavailable, "another process uses this data directory: stop the service, unlock, and start it again")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.close()) }()
	if rows.pingRecords != nil {
		if err := rows.pingRecords(p.ctx); err != nil {
			return err
		}
	}
	if c.List {
		return c.list(p, rows)
	}
	return c.unlock(p, rows, person)
}

// list prints one person a line, by id.
func (c unlockCmd) list(p *program, rows *stores) error {
	found := false
	err := rows.Attempts().Locked(p.ctx, max(1, c.LockAfter), func(person models.PersonID, failures int) error {
		state := "delayed"
		if failures >= c.LockStop {
			state = "locked"
		}
		found = true
		fmt.Fprintf(p.out, "%s\t%d\t%s\n", person, failures, state)
		return nil
	})
	if err == nil && !found {
		fmt.Fprintln(p.err, "nobody is locked or has to wait")
	}
	return err
}

// unlock writes to the audit trail first: nobody is unlocked without a trace.
func (c unlockCmd) unlock(p *program, rows *stores, person models.PersonID) error {
	failures, ago, err := rows.Attempts().Failed(p.ctx, person)
	if err != nil {
		return err
	}
	if failures == 0 {
		fmt.Fprintln(p.out, "nothing to forget: no verification of this person failed since the last success, or there is no such person")
		return nil
	}
	by := caller("unlock")
	act := storage.Act{ID: storage.NewKey(), Client: by.Client, Operation: by.Operation, Person: person}
	if err := rows.Append(p.ctx, act); err != nil {
		return err
	}
	if err := rows.Attempts().Clear(context.WithoutCancel(p.ctx), person); err != nil { // it is on record
		return err
	}
	fmt.Fprintf(p.out, "unlocked: %d failures forgotten, the last was %s ago\n", failures, ago.Round(time.Second))
	return nil
}

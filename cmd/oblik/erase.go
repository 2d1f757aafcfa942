package main

import (
	"errors"
	"fmt"
	"log/slog"

	"oblik/api"
	"oblik/models"
)

// eraseCmd removes a person, or one encounter.
type eraseCmd struct {
	dataFlags
	Person    string `help:"Id of the person." required:""`
	Encounter string `help:"Erase this encounter alone."`
}

// caller is the command line, in the audit trail.
func caller(command string) api.Caller { return api.Caller{Client: "command line", Operation: command} }

// Run implements the subcommand. It loads no template: a damaged one must not
// stand in the way of its own erasure.
func (c eraseCmd) Run(p *program) (err error) {
	if err := c.existing(); err != nil {
		return err
	}
	log := newLog(p.err, slog.LevelWarn)
	rows, err := c.openStores(p.ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.close()) }()
	s := api.NewErasure(rows, rows.images, rows, rows, rows.pingRecords, rows.pingImages, log)
	if records, images := s.Look(p.ctx); records != nil || models.KindOf(images) == models.Invalid {
		return errors.Join(records, images)
	}
	if err := s.Tidy(p.ctx); err != nil {
		log.Warn("something is left to do and is tried again", "error", err)
	}
	by := caller("erase")
	if c.Encounter != "" {
		err = s.Erase(p.ctx, by, models.EncounterKey{Person: models.PersonID(c.Person), Encounter: models.EncounterID(c.Encounter)})
	} else {
		err = s.ErasePerson(p.ctx, by, models.PersonID(c.Person))
	}
	if err != nil {
		return err
	}
	waiting, err := rows.Pending(p.ctx, 1000)
	switch {
	case err != nil:
		return err
	case len(waiting) > 0:
		fmt.Fprintf(p.out, "erased: records and templates; %d photographs wait for the image store: the service deletes them, or the next command that reaches it\n", len(waiting))
	default:
		fmt.Fprintln(p.out, "erased: records, templates and photographs")
	}
	return nil
}

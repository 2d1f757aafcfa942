package main

import (
	"errors"
	"fmt"
	"log/slog"

	"oblik/api"
	"oblik/models"
	"oblik/storage/local"
)

// eraseCmd removes a person, or one encounter.
type eraseCmd struct {
	dataFlags
	Person    string `help:"Id of the person." required:""`
	Encounter string `help:"Erase this encounter alone."`
}

// Run implements the subcommand. It loads no template: a damaged one must not
// stand in the way of its own erasure.
func (c eraseCmd) Run(p *program) (err error) {
	if err := c.existing(); err != nil {
		return err
	}
	store, err := local.Open(p.ctx, c.dataFolder())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if _, err := store.Sweep(p.ctx); err != nil {
		return err
	}
	s := api.NewErasure(store, store.Images(), store, newLog(p.err, slog.LevelWarn))
	if c.Encounter != "" {
		err = s.Erase(p.ctx, models.EncounterKey{Person: models.PersonID(c.Person), Encounter: models.EncounterID(c.Encounter)})
	} else {
		err = s.ErasePerson(p.ctx, models.PersonID(c.Person))
	}
	if err == nil {
		fmt.Fprintln(p.out, "erased: records, templates and photographs")
	}
	return err
}

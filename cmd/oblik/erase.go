package main

import (
	"context"
	"fmt"

	"oblik/models"
)

// eraseCmd removes a person, or one encounter.
type eraseCmd struct {
	matchFlags
	Person    string `help:"Id of the person." required:""`
	Encounter string `help:"Erase this encounter alone."`
}

// Run implements the subcommand.
func (c eraseCmd) Run(p *program) error {
	return c.withService(p, 1, func(ctx context.Context, s *service) error {
		var err error
		if c.Encounter != "" {
			err = s.Erase(ctx, models.EncounterKey{Person: models.PersonID(c.Person), Encounter: models.EncounterID(c.Encounter)})
		} else {
			err = s.ErasePerson(ctx, models.PersonID(c.Person))
		}
		if err == nil {
			fmt.Fprintln(p.out, "erased: records, templates and photographs")
		}
		return err
	})
}

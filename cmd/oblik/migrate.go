package main

import (
	"fmt"

	"oblik/models"
	"oblik/storage/postgres"
)

// migrateCmd brings a PostgreSQL database to this program's schema. The
// service never does so by itself: other nodes may be at work on the database.
type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Bring the database to the schema of this program."`
	Status migrateStatusCmd `cmd:"" help:"Print the database's schema and this program's; exit status 1 if they differ."`
}

// databaseFlags name the database alone.
type databaseFlags struct {
	DatabaseURL string `name:"database-url" help:"PostgreSQL for the rows, as postgres://USER@HOST/DATABASE." placeholder:"URL"`
}

func (f databaseFlags) config() (postgres.Config, error) {
	if f.DatabaseURL == "" {
		return postgres.Config{}, models.Errorf("migrate", models.Invalid,
			"--database-url is needed; a data directory is brought up to date when it is opened")
	}
	return postgres.Config{URL: f.DatabaseURL}, nil
}

type migrateUpCmd struct{ databaseFlags }

// Run implements the subcommand.
func (c migrateUpCmd) Run(p *program) error {
	config, err := c.config()
	if err != nil {
		return err
	}
	from, to, err := postgres.Migrate(p.ctx, config)
	if err != nil {
		return err
	}
	if from == to {
		fmt.Fprintf(p.out, "schema %d, up to date\n", to)
		return nil
	}
	fmt.Fprintf(p.out, "schema %d, was %d\n", to, from)
	return nil
}

type migrateStatusCmd struct{ databaseFlags }

// Run implements the subcommand.
func (c migrateStatusCmd) Run(p *program) error {
	config, err := c.config()
	if err != nil {
		return err
	}
	have, want, err := postgres.Status(p.ctx, config)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "the database has schema %d, this program needs %d\n", have, want)
	if have != want {
		return errNo
	}
	return nil
}

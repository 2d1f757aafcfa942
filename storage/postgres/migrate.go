package postgres

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"oblik/models"
)

// Migration n brings a database from schema n-1 to n. One that was ever
// released is never edited.
//
//go:embed migrations/*.sql
var migrations embed.FS

// versions is the table in which goose notes the migrations that were made.
const versions = "oblik_schema"

// Migrate brings the database's schema to this program's, each step in a
// transaction, and gives both; Config.Schema is made if it is not there. Of several who do it at once one does it and the
// others wait. A schema that a newer program made is [models.Invalid].
func Migrate(ctx context.Context, c Config) (from, to int64, err error) {
	const op = "storage/postgres.Migrate"
	config, err := c.parse(op)
	if err != nil {
		return 0, 0, err
	}
	from, to, err = migrate(ctx, op, *config.ConnConfig, c.Schema)
	return from, to, translate(ctx, op, err)
}

func migrate(ctx context.Context, op string, config pgx.ConnConfig, schema string) (from, to int64, err error) {
	config.RuntimeParams["statement_timeout"] = "0" // a large table takes its time
	db := stdlib.OpenDB(config)
	defer func() { err = errors.Join(err, db.Close()) }()
	if schema != "" {
		_, err := db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{schema}.Sanitize())
		if err != nil && !isState(err, uniqueViolation) { // another makes it at this moment
			return 0, 0, err
		}
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // asks every second, for 5 minutes
	if err != nil {
		return 0, 0, err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return 0, 0, err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithTableName(versions),
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return 0, 0, err
	}
	if to, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, err
	}
	if to > want() {
		return to, to, newer(op, to)
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return to, to, err
	}
	if len(done) == 0 { // perhaps another did it
		to, err = provider.GetDBVersion(ctx)
		return to, to, err
	}
	return done[0].Source.Version - 1, done[len(done)-1].Source.Version, nil
}

// want is this program's schema.
func want() int64 {
	files, _ := fs.Glob(migrations, "migrations/*.sql") // the pattern is sound
	return int64(len(files))
}

// Status gives the database's schema, 0 for none, and this program's. It
// changes nothing.
func Status(ctx context.Context, c Config) (have, wanted int64, err error) {
	const op = "storage/postgres.Status"
	s, err := Open(ctx, c)
	if err != nil {
		return 0, want(), err
	}
	defer s.Close()
	have, err = s.version(ctx)
	return have, want(), translate(ctx, op, err)
}

// version is the database's schema, 0 for none.
func (s *Store) version(ctx context.Context) (have int64, err error) {
	err = s.pool.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versions).Scan(&have)
	if isState(err, undefinedTable) {
		return 0, nil
	}
	return have, err
}

// CheckSchema is [models.Invalid] if the database's schema is not this program's.
func (s *Store) CheckSchema(ctx context.Context) error {
	const op = "storage/postgres.CheckSchema"
	have, err := s.version(ctx)
	if err != nil {
		return translate(ctx, op, err)
	}
	if have > want() {
		return newer(op, have)
	}
	if have < want() {
		return models.Errorf(op, models.Invalid, "the database has schema %d and this program needs %d: run oblik migrate up", have, want())
	}
	return nil
}

func newer(op string, have int64) error {
	return models.Errorf(op, models.Invalid,
		"the database has schema %d, which is newer than this program, that knows %d: it was made by a newer one", have, want())
}

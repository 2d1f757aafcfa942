package local

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"oblik/models"
)

// applicationID marks a SQLite file as ours: "oblk" in ASCII.
const applicationID = 0x6F626C6B

// Migration n brings a database from user_version n-1 to n. One that was ever
// released is never edited.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the database to this program's schema, each step in a
// transaction of its own, and refuses one it does not know.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	at, err := version(ctx, db)
	if err != nil {
		return err
	}
	if at > len(steps) {
		return models.Errorf("storage/local.Open", models.Invalid,
			"the database has schema %d and this program knows %d: it was written by a newer one", at, len(steps))
	}
	for i := at; i < len(steps); i++ {
		if err := step(ctx, db, i+1, steps[i]); err != nil {
			return fmt.Errorf("schema %d: %w", i+1, err)
		}
	}
	return nil
}

// version is the database's schema, 0 for a new file.
func version(ctx context.Context, db *sql.DB) (int, error) {
	var app, at, tables int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&at); err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return 0, err
	}
	fresh := app == 0 && at == 0 && tables == 0
	if app != applicationID && !fresh {
		return 0, models.Errorf("storage/local.Open", models.Invalid, "oblik.db is a database of another program")
	}
	return at, nil
}

func step(ctx context.Context, db *sql.DB, to int, file string) error {
	number, _, _ := strings.Cut(strings.TrimPrefix(file, "migrations/"), "_")
	if n, err := strconv.Atoi(number); err != nil || n != to {
		return fmt.Errorf("%s stands where migration %d should", file, to)
	}
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	return transact(ctx, db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return err
		}
		// A pragma takes no parameters; both numbers are ours.
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, to))
		return err
	})
}

package local

import (
	"context"
	"database/sql"
	"errors"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"oblik/models"
)

// translate makes SQLite's, the file system's and a context's errors ours; one
// that is ours already, or the caller's own, stays as it is. SQLite's texts name tables and columns,
// never values. None becomes [models.NotFound]: a row or file that nobody asked
// for by name is missing through a fault. Whoever looks for one says so itself.
func translate(op string, err error) error {
	if err == nil {
		return nil
	}
	if own := (stopped{}); errors.As(err, &own) {
		return own.error
	}
	if ours := (*models.Error)(nil); errors.As(err, &ours) {
		return err
	}
	return &models.Error{Op: op, Kind: kindOf(err), Err: err}
}

// stopped is an error of a function the caller gave, which ends what was being
// done and is returned as it is.
type stopped struct{ error }

func stop(err error) error {
	if err == nil {
		return nil
	}
	return stopped{err}
}

func kindOf(err error) models.Kind {
	if db := (*sqlite.Error)(nil); errors.As(err, &db) {
		return sqliteKind(db.Code())
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, sql.ErrTxDone): // rolled back by database/sql, since the context ended
		return models.Deadline
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT),
		errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.ENOMEM):
		return models.Unavailable
	}
	return models.Internal
}

// sqliteKind sorts SQLite's extended result codes, whose low byte is the class.
func sqliteKind(code int) models.Kind {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return models.Conflict
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CANTOPEN:
		return models.Unavailable
	case sqlite3.SQLITE_INTERRUPT:
		return models.Deadline
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return models.Integrity
	case sqlite3.SQLITE_TOOBIG:
		return models.Invalid
	}
	return models.Internal
}

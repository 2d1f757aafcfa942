package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"oblik/models"
)

// SQLSTATE codes and classes that are told apart, of PostgreSQL's appendix A.
const (
	uniqueViolation      = "23505"
	foreignKeyViolation  = "23503"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	undefinedTable       = "42P01"
	noSchema             = "3F000"
	queryCanceled        = "57014"
	lockNotAvailable     = "55P03"
	readOnlyTransaction  = "25006"
	idleInTransaction    = "25P03"
	ioError              = "58030"
	dataCorrupted        = "XX001"
	indexCorrupted       = "XX002"
)

// translate makes the server's, the network's and a context's errors ours; one
// that is ours already stays as it is. ctx is the one the work was done with.
// None becomes [models.NotFound]: whoever looks for something says so itself.
func translate(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if s := (stopped{}); errors.As(err, &s) {
		return s.error
	}
	if ours := (*models.Error)(nil); errors.As(err, &ours) {
		return err
	}
	kind := kindOf(ctx, err)
	if server := (*pgconn.PgError)(nil); errors.As(err, &server) {
		err = redact(server)
	}
	if kind == models.Deadline && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return &models.Error{Op: op, Kind: kind, Err: err}
}

// stopped is an error of a function that the caller gave: it ends a transaction
// and is returned as it is.
type stopped struct{ error }

func stop(err error) error {
	if err == nil {
		return nil
	}
	return stopped{err}
}

// redact leaves of a fault in the data (class 22) or of a broken constraint (23)
// what holds no value; the message of the others is the server's.
func redact(err *pgconn.PgError) error {
	if class := err.Code[:min(2, len(err.Code))]; class == "22" || class == "23" {
		return fmt.Errorf("SQLSTATE %s, constraint %q", err.Code, err.ConstraintName)
	}
	return fmt.Errorf("%s (SQLSTATE %s)", err.Message, err.Code)
}

func kindOf(ctx context.Context, err error) models.Kind {
	if connecting := (*pgconn.ConnectError)(nil); errors.As(err, &connecting) && ctx.Err() == nil {
		return models.Unavailable // whatever the server has against us
	}
	if server := (*pgconn.PgError)(nil); errors.As(err, &server) {
		return stateKind(server.Code)
	}
	if ctx.Err() != nil {
		return models.Deadline
	}
	var network net.Error
	switch {
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, pgconn.ErrConnClosed), errors.Is(err, puddle.ErrClosedPool), pgconn.SafeToRetry(err),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled): // one of the driver's own
		return models.Unavailable
	}
	return models.Internal
}

// stateKind sorts SQLSTATE codes, whose first two characters are the class.
func stateKind(code string) models.Kind {
	switch code {
	case uniqueViolation:
		return models.Conflict
	case queryCanceled:
		return models.Deadline
	case lockNotAvailable, readOnlyTransaction, idleInTransaction, ioError:
		return models.Unavailable
	case dataCorrupted, indexCorrupted:
		return models.Integrity
	case noSchema:
		return models.Invalid
	}
	switch code[:min(2, len(code))] {
	case "08", "40", "53", "57": // connection, rolled back, resources (a full disk), shutdown
		return models.Unavailable
	case "22", "54": // a value or a size that PostgreSQL can't hold
		return models.Invalid
	}
	return models.Internal
}

// isState says if err is the server's with one of these codes.
func isState(err error, codes ...string) bool {
	server := (*pgconn.PgError)(nil)
	if !errors.As(err, &server) {
		return false
	}
	for _, code := range codes {
		if server.Code == code {
			return true
		}
	}
	return false
}

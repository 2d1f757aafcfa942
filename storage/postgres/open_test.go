package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"oblik/models"
	"oblik/storage/storagetest/servers"
)

func TestOpenRefuses(t *testing.T) {
	for url, says := range map[string]string{
		"":                                           "does not begin",
		"host=h password=s3cret":                     "does not begin",
		"mysql://u:s3cret@h/d":                       "does not begin",
		"postgres://u:s3cret@h/d":                    "PGPASSFILE",
		"postgres://u@h/d?password=s3cret":           "PGPASSFILE",
		"postgresql://u@h/d?sslpassword=s3cret":      "PGPASSFILE",
		"postgres://u@h,h2:5433/d?password=s3cret":   "PGPASSFILE",
		"postgres://u@h/d?sslmode=s3cret":            "not understood",
		"postgres://u@h/d?unknown=s3cret":            "not understood",
		"postgres://u@h:s3cret/d":                    "not understood",
		"postgres://u@h/d?synchronous_commit=s3cret": "not understood",
	} {
		_, err := Open(context.Background(), Config{URL: url})
		wantError(t, err, models.Invalid, says)
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the error repeats the URL: %v", err)
		}
		_, _, err = Migrate(context.Background(), Config{URL: url})
		wantKind(t, err, models.Invalid)
	}
}

// A server that is not there, or is and says nothing, is no reason not to start.
func TestServerAway(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { must(t, silent.Close()) })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, closed.Close())
	for _, address := range []string{silent.Addr().String(), closed.Addr().String()} {
		s := open(t, Config{URL: "postgres://u@" + address + "/d?sslmode=disable"})
		wantKind(t, s.Ping(context.Background()), models.Unavailable)
		wantKind(t, s.CheckSchema(context.Background()), models.Unavailable)
		_, err := s.Begin(context.Background(), act(), nil, 0)
		wantKind(t, err, models.Unavailable)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.Ping(ctx); models.KindOf(err) != models.Deadline || !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled ping gave %v", err)
		}
	}
}

func TestSessionSettings(t *testing.T) {
	c := empty(t)
	want := map[string]string{
		"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s",
		"application_name": "oblik", "synchronous_commit": "on", "default_transaction_isolation": "read committed",
		"search_path": `"` + c.Schema + `"`,
	}
	checkSettings(t, open(t, c), want)
	c.URL += "&statement_timeout=3s&lock_timeout=700ms&application_name=other"
	want["statement_timeout"], want["lock_timeout"], want["application_name"] = "3s", "700ms", "other"
	checkSettings(t, open(t, c), want)
	must(t, open(t, c).Ping(context.Background()))
}

func checkSettings(t *testing.T, s *Store, want map[string]string) {
	t.Helper()
	for name, value := range want {
		var got string
		must(t, s.pool.QueryRow(context.Background(), "SHOW "+name).Scan(&got))
		if got != value {
			t.Errorf("%s is %s, want %s", name, got, value)
		}
	}
}

func TestStatementTimeout(t *testing.T) {
	c := empty(t)
	c.URL += "&statement_timeout=50ms"
	s := open(t, c)
	_, err := s.pool.Exec(context.Background(), "SELECT pg_sleep(60)")
	wantKind(t, translate(context.Background(), "op", err), models.Deadline)
}

func TestKinds(t *testing.T) {
	state := func(code string) error { return &pgconn.PgError{Code: code, Message: "value", ConstraintName: "c"} }
	for _, test := range []struct {
		err  error
		want models.Kind
	}{
		{state("23505"), models.Conflict}, {state("57014"), models.Deadline}, {state("55P03"), models.Unavailable},
		{state("40001"), models.Unavailable}, {state("40P01"), models.Unavailable}, {state("53100"), models.Unavailable},
		{state("57P01"), models.Unavailable}, {state("08006"), models.Unavailable}, {state("25006"), models.Unavailable},
		{state("25P03"), models.Unavailable}, {state("XX001"), models.Integrity}, {state("22021"), models.Invalid},
		{state("23503"), models.Internal}, {state("42601"), models.Internal}, {state(""), models.Internal},
		{io.ErrUnexpectedEOF, models.Unavailable}, {io.EOF, models.Unavailable}, {pgconn.ErrConnClosed, models.Unavailable},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, models.Unavailable},
		{context.DeadlineExceeded, models.Unavailable}, // not the caller's
		{errors.New("any"), models.Internal},
		{stop(errors.New("any")), models.Internal},
		{models.Errorf("op", models.Reused, "x"), models.Reused},
	} {
		got := translate(context.Background(), "op", test.err)
		if models.KindOf(got) != test.want {
			t.Errorf("%v is %q, want %q", test.err, models.KindOf(got), test.want)
		}
		if server := (*pgconn.PgError)(nil); errors.As(test.err, &server) && strings.HasPrefix(server.Code, "2") &&
			server.Code[1] < '4' && strings.Contains(got.Error(), "value") {
			t.Errorf("the error may repeat a value: %v", got)
		}
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range []error{state("57014"), io.EOF, context.Canceled} {
		if got := translate(over, "op", err); models.KindOf(got) != models.Deadline || !errors.Is(got, context.Canceled) {
			t.Errorf("%v of a cancelled caller is %v", err, got)
		}
	}
}

// Of several servers that is asked which takes changes: what a standby says of an
// erased person may be old.
func TestSeveralHosts(t *testing.T) {
	ctx := context.Background()
	standby, primary := servers.NewPostgres(t), servers.NewPostgres(t)
	admin(t, Config{URL: standby.URL()}, "ALTER SYSTEM SET default_transaction_read_only = on")
	admin(t, Config{URL: standby.URL()}, "SELECT pg_reload_conf()")
	wantKind(t, open(t, Config{URL: standby.URL()}).Ping(ctx), models.Unavailable)
	s := open(t, Config{URL: "postgres://oblik@" + standby.Address + "," + primary.Address + "/postgres?sslmode=disable"})
	must(t, s.Ping(ctx))
	must(t, s.Await(ctx))
}

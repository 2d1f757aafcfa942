package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"oblik/models"
	"oblik/storage"
)

func newKey() string { return storage.NewKey() }

// named is a migrated schema whose sessions have a name of their own, and wait
// for as long as a test may need.
func named(t *testing.T) (c Config, name string) {
	c, name = migrated(t), "test-"+newKey()[:8]
	c.URL += "&application_name=" + name + "&lock_timeout=1min&statement_timeout=1min&idle_in_transaction_session_timeout=1min"
	return c, name
}

// What a session may be seen at.
const (
	waiting = "wait_event_type = 'Lock'"
	idle    = "state = 'idle in transaction'"
)

// find waits until a session of this name is in a state, and gives its process.
func find(t testing.TB, c Config, name, state string) (pid int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn := connect(t, c)
	for pid == 0 {
		must(t, conn.QueryRow(ctx,
			"SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE application_name = $1 AND "+state, name).Scan(&pid))
	}
	return pid
}

// held is an update that stands before its end, with its act's lock, until it is
// let go with change's error.
func held(t *testing.T, s *Store) (a storage.Act, letGo func(error) error) {
	t.Helper()
	ctx := context.Background()
	must(t, s.Create(ctx, begin(t, s), record("p", "e")))
	a = begin(t, s)
	in, out, done := make(chan bool, 1), make(chan error, 1), make(chan error, 1)
	go func() {
		done <- s.Update(ctx, a, record("p", "e").Encounter.Key, func(r *storage.Record) error {
			in <- true
			r.Encounter.Type = "changed"
			return <-out
		})
	}()
	t.Cleanup(func() { close(out) }) // also if the test fails: the store's end waits for it
	select {
	case <-in:
	case err := <-done:
		t.Fatal(err)
	}
	return a, func(err error) error { out <- err; return <-done }
}

// Abandon waits for a change that is being made, and tells what became of it.
func TestAbandonWaits(t *testing.T) {
	for name, refusal := range map[string]error{"committed": nil, "refused": errors.New("refused")} {
		t.Run(name, func(t *testing.T) {
			c, session := named(t)
			s := open(t, c)
			a, letGo := held(t, s)
			answer := make(chan error, 1)
			var committed bool
			go func() {
				var err error
				committed, err = s.Abandon(context.Background(), a)
				answer <- err
			}()
			find(t, c, session, waiting)
			if err := letGo(refusal); !errors.Is(err, refusal) {
				t.Fatal(err)
			}
			must(t, <-answer)
			if committed != (refusal == nil) {
				t.Errorf("committed is %v", committed)
			}
		})
	}
}

func TestAbandonGivesUpWaiting(t *testing.T) {
	c := migrated(t)
	c.URL += "&lock_timeout=50ms"
	s := open(t, c)
	a, letGo := held(t, s)
	_, err := s.Abandon(context.Background(), a)
	wantKind(t, err, models.Unavailable)
	must(t, letGo(nil))
	committed, err := s.Abandon(context.Background(), a)
	must(t, err)
	if !committed {
		t.Error("the change stands and Abandon says it does not")
	}
}

// A session that dies in a transaction leaves nothing of it.
func TestSessionKilled(t *testing.T) {
	ctx := context.Background()
	c, name := named(t)
	s := open(t, c)
	a, letGo := held(t, s)
	admin(t, c, "SELECT pg_terminate_backend($1)", find(t, c, name, idle))
	wantKind(t, letGo(nil), models.Unavailable)
	committed, err := s.Abandon(ctx, a)
	must(t, err)
	r, err := s.Read(ctx, record("p", "e").Encounter.Key)
	must(t, err)
	if committed || r.Encounter.Type != "" {
		t.Errorf("committed is %v and the type %q", committed, r.Encounter.Type)
	}
}

// Two changes that wait for each other: the server ends one, which is made again.
func TestDeadlock(t *testing.T) {
	ctx := context.Background()
	c, name := named(t)
	s := open(t, c)
	for _, p := range []string{"p1", "p2"} {
		must(t, s.Create(ctx, begin(t, s), record(p, "e-"+p)))
	}
	other := connect(t, c)
	tx, err := other.Begin(ctx)
	must(t, err)
	lock := func(person string) error {
		_, err := tx.Exec(ctx, "SELECT 1 FROM persons WHERE person = $1 FOR UPDATE", person)
		return err
	}
	_, err = tx.Exec(ctx, "SET deadlock_timeout = '1min'") // so that it is ours that finds the ring, and loses
	must(t, err)
	must(t, lock("p2"))
	done := make(chan error, 1)
	a := begin(t, s)
	go func() { done <- s.Merge(ctx, a, "p1", "p2") }()
	find(t, c, name, waiting) // it has p1
	must(t, lock("p1"))
	must(t, tx.Commit(ctx))
	must(t, <-done)
	all, err := s.ReadAll(ctx, "p1")
	must(t, err)
	if len(all) != 2 {
		t.Errorf("%d encounters after the merge", len(all))
	}
}

// The connection is lost while a transaction commits, before or after the
// server has made it durable: Abandon tells which.
func TestCommitUnknown(t *testing.T) {
	ctx := context.Background()
	for _, reaches := range []bool{false, true} {
		t.Run(fmt.Sprint("reaches the server ", reaches), func(t *testing.T) {
			c := migrated(t)
			var cut atomic.Bool
			s := open(t, Config{URL: proxied(t, c.URL, &cut, reaches), Schema: c.Schema})
			a := begin(t, s)
			a.Operation = "enrol"
			cut.Store(true)
			wantKind(t, s.Create(ctx, a, record("p", "e")), models.Uncertain)
			cut.Store(false)
			committed, err := s.Abandon(ctx, a)
			must(t, err)
			_, err = s.ReadAll(ctx, "p")
			if committed != reaches || (err == nil) != reaches {
				t.Errorf("committed is %v, reading gives %v", committed, err)
			}
		})
	}
}

// proxied is the URL of a server between, which cuts the connection at a COMMIT
// while cut is set: before the COMMIT or, if it is to reach the server, after its
// answer.
func proxied(t *testing.T, server string, cut *atomic.Bool, reaches bool) string {
	t.Helper()
	u, err := url.Parse(server)
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	behind := u.Host
	u.Host = listener.Addr().String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go relay(client, behind, cut, reaches)
		}
	}()
	return u.String()
}

func relay(client net.Conn, address string, cut *atomic.Bool, reaches bool) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	var committing atomic.Bool
	go func() { // answers
		defer client.Close()
		pump(client, server, func([]byte) bool { return !committing.Load() })
	}()
	pump(server, client, func(request []byte) bool {
		if cut.Load() && bytes.Contains(request, []byte("commit")) {
			committing.Store(true)
			return reaches
		}
		return true
	})
}

// pump copies what pass lets through, until the first that it does not.
func pump(to, from net.Conn, pass func([]byte) bool) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		if err != nil || !pass(buffer[:n]) {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// Connections that died while nobody used them, as after a restart of the
// server, cost nobody an error.
func TestStaleConnections(t *testing.T) {
	ctx := context.Background()
	c, session := named(t)
	s := open(t, c)
	must(t, s.Create(ctx, begin(t, s), record("p", "e")))
	must(t, s.Tasks().Add(ctx, models.Task{ID: "t", State: models.TaskPending}))
	key := record("p", "e").Encounter.Key
	for name, f := range map[string]func() error{
		"read":      func() error { _, err := s.Read(ctx, key); return err },
		"templates": func() error { _, err := s.Templates(ctx, "p", models.AllGalleries); return err },
		"task":      func() error { _, err := s.Tasks().Read(ctx, "t"); return err },
		"next":      func() error { _, err := s.Tasks().Next(ctx, models.StageWork, time.Hour); return err },
		"save": func() error {
			task, err := s.Tasks().Read(ctx, "t")
			must(t, err)
			terminate(t, c, session)
			_, err = s.Tasks().Save(ctx, task)
			return err
		},
		"count":  func() error { _, err := s.Tasks().Count(ctx); return err },
		"failed": func() error { _, _, err := s.Attempts().Failed(ctx, "p"); return err },
		"fail":   func() error { return s.Attempts().Fail(ctx, "p") },
		"change": func() error { return s.Update(ctx, begin(t, s), key, func(*storage.Record) error { return nil }) },
	} {
		var all sync.WaitGroup
		for range 3 { // some connections
			all.Go(func() { _, _ = s.Read(ctx, key) })
		}
		all.Wait()
		terminate(t, c, session)
		if err := f(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// terminate ends the sessions of a name, unnoticed by whoever has them.
func terminate(t testing.TB, c Config, session string) {
	t.Helper()
	admin(t, c, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()", session)
}

// What the server says of a COMMIT while it ends the session may come after it
// made it durable; what it refuses in order was not made.
func TestRefused(t *testing.T) {
	for severity, want := range map[string]bool{"ERROR": true, "FATAL": false, "PANIC": false} {
		if refused(&pgconn.PgError{SeverityUnlocalized: severity, Code: "57P01"}) != want {
			t.Errorf("%s: %v", severity, !want)
		}
	}
	if refused(io.ErrUnexpectedEOF) || !refused(pgx.ErrTxCommitRollback) {
		t.Error("a connection's end, or a rollback, is taken for the other")
	}
}

// A claim and its outcome are kept for a day, and then forgotten.
func TestClaimsAreKeptForADay(t *testing.T) {
	ctx := context.Background()
	c := migrated(t)
	s := open(t, c)
	a := act()
	a.Claim, a.Outcome = &storage.Claim{Key: [32]byte{1}}, []byte("done")
	_, err := s.Begin(ctx, a, nil, time.Hour)
	must(t, err)
	must(t, s.Create(ctx, a, record("p", "e")))
	for _, test := range []struct{ age, want string }{{"23 hours", "done"}, {"25 hours", ""}} {
		admin(t, c, "SET search_path = "+c.Schema+"; UPDATE claims SET made = now() - interval '"+test.age+"'")
		_, err := s.Reap(ctx)
		must(t, err)
		got, err := s.Outcome(ctx, *a.Claim)
		must(t, err)
		if string(got) != test.want {
			t.Errorf("after %s the outcome is %q, want %q", test.age, got, test.want)
		}
	}
}

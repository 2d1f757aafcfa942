package postgres

import (
	"context"
	"fmt"
	"testing"
	"time"

	"oblik/models"
)

// patient bounds a wait for what comes at once or, where it is broken, never.
func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// listening waits in the background; the first Await only begins to listen.
func listening(ctx context.Context, t *testing.T, s *Store) <-chan error {
	t.Helper()
	must(t, s.Await(ctx))
	return hearing(ctx, s)
}

func hearing(ctx context.Context, s *Store) <-chan error {
	heard := make(chan error, 1)
	go func() { heard <- s.Await(ctx) }()
	return heard
}

// A lost connection ends an Await, and the next one listens anew and says so.
func TestAwaitSurvives(t *testing.T) {
	ctx := patient(t)
	c, session := named(t)
	s, other := open(t, c), open(t, as(c, session, "another"))
	heard := listening(ctx, t, s)
	for i := range 3 {
		terminate(t, c, session)
		wantKind(t, <-heard, models.Unavailable)
		must(t, s.Await(ctx))
		heard = hearing(ctx, s)
		must(t, other.Create(ctx, begin(t, other), record("p", fmt.Sprint("e", i))))
		must(t, <-heard)
		heard = hearing(ctx, s)
	}
}

// Who waits takes no connection from the others, keeps his own when his time is
// over, and misses nothing until he waits again.
func TestAwaitBetween(t *testing.T) {
	ctx := patient(t)
	c := migrated(t)
	c.MaxConns = 1
	s, other := open(t, c), open(t, c)
	must(t, s.Await(ctx))
	brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	wantKind(t, s.Await(brief), models.Deadline)
	heard := listeningSince(t, s)
	must(t, s.Create(ctx, begin(t, s), record("own", "e"))) // which it does not hear
	must(t, other.Create(ctx, begin(t, other), record("p", "e")))
	must(t, s.Await(ctx))
	if since := listeningSince(t, s); since != heard {
		t.Error("it listens anew")
	}
}

// listeningSince is the process of the server that tells a store.
func listeningSince(t *testing.T, s *Store) uint32 {
	t.Helper()
	conn := <-s.ear.conn
	defer func() { s.ear.conn <- conn }()
	if conn == nil {
		t.Fatal("there is no connection")
	}
	return conn.PgConn().PID()
}

// The last change of a program that ends at once is announced, also while an
// announcement rests.
func TestCloseAnnounces(t *testing.T) {
	ctx := patient(t)
	c := migrated(t)
	s := open(t, c)
	must(t, s.Await(ctx))
	for i := range 10 {
		other := open(t, c)
		for _, encounter := range []string{"first", "last"} {
			must(t, other.Create(ctx, begin(t, other), record("p", fmt.Sprint(encounter, i))))
			if encounter == "last" {
				other.Close()
			}
			must(t, s.Await(ctx))
		}
	}
}

func TestCloseEndsAwait(t *testing.T) {
	ctx := patient(t)
	s := open(t, empty(t))
	heard := listening(ctx, t, s)
	s.Close()
	wantKind(t, <-heard, models.Unavailable)
	wantKind(t, s.Await(ctx), models.Unavailable)
	s.Close()
}

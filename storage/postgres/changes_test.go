package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/storagetest"
)

// slowly gives the suite a database whose changes rest between the taking of
// their numbers and the end of their COMMIT, so that these come in another order.
func slowly(t testing.TB) storagetest.Stores {
	c := migrated(t)
	atCommit(t, c, "PERFORM pg_sleep(random() * 0.004)")
	return over(t, c, storagetest.NewMemoryImages())
}

// atCommit lets every change do something in its COMMIT, after all else.
func atCommit(t testing.TB, c Config, statement string) {
	t.Helper()
	admin(t, c, "CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "+statement+"; RETURN NULL; END $$")
	admin(t, c, `CREATE CONSTRAINT TRIGGER rest AFTER INSERT ON changes DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW EXECUTE FUNCTION rest()`)
}

// place is where a copy stands that is made now.
func place(t testing.TB, s *Store) storage.Place {
	t.Helper()
	p, err := s.Head(context.Background())
	must(t, err)
	return p
}

// wantChanged checks whom a reading names and how many numbers are open then.
func wantChanged(t testing.TB, s *Store, at storage.Place, open int, want ...models.PersonID) storage.Place {
	t.Helper()
	people, next, err := s.After(context.Background(), at)
	must(t, err)
	if !slices.Equal(people, want) || len(next.Open) != open {
		t.Fatalf("changed %q with %d open, want %q with %d", people, len(next.Open), want, open)
	}
	return next
}

// wantLost checks that a copy that stands there has to be made anew.
func wantLost(t testing.TB, s *Store, at storage.Place) {
	t.Helper()
	_, _, err := s.After(context.Background(), at)
	wantKind(t, err, models.Conflict)
}

// writer is a transaction of another user that has its own number.
func writer(t testing.TB, c Config) pgx.Tx {
	t.Helper()
	tx, err := connect(t, c).Begin(context.Background())
	must(t, err)
	_, err = tx.Exec(context.Background(), "SELECT pg_current_xact_id()")
	must(t, err)
	return tx
}

// writes takes numbers for these people in a transaction.
func writes(t testing.TB, tx pgx.Tx, people ...string) {
	t.Helper()
	_, err := tx.Exec(context.Background(), appendChanges, people, "another")
	must(t, err)
}

func commits(t testing.TB, tx pgx.Tx) {
	t.Helper()
	must(t, tx.Commit(context.Background()))
}

// A change whose number is lower than that of one committed before is named when
// it is committed, whichever of the two transactions began first.
func TestChangesCommittedOutOfOrder(t *testing.T) {
	for _, lowFirst := range []bool{true, false} {
		t.Run(fmt.Sprint("the lower began first ", lowFirst), func(t *testing.T) {
			c := migrated(t)
			s := open(t, c)
			at := place(t, s)
			first, second := writer(t, c), writer(t, c)
			low, high := second, first
			if lowFirst {
				low, high = first, second
			}
			writes(t, low, "low", "low2")
			writes(t, high, "high")
			commits(t, high)
			at = wantChanged(t, s, at, 2, "high")
			for range 3 {
				admin(t, c, "SELECT pg_current_xact_id()") // others come and go
				at = wantChanged(t, s, at, 2)
			}
			commits(t, low)
			wantChanged(t, s, wantChanged(t, s, at, 0, "low", "low2"), 0)
		})
	}
}

// The number of a change that was undone is forgotten when nobody can have it
// any more, and not before.
func TestChangesUndone(t *testing.T) {
	ctx := context.Background()
	c := migrated(t)
	s := open(t, c)
	at := place(t, s)
	undone, long, made := writer(t, c), writer(t, c), writer(t, c)
	writes(t, undone, "undone")
	writes(t, made, "made")
	commits(t, made)
	at = wantChanged(t, s, at, 1, "made")
	must(t, undone.Rollback(ctx))
	at = wantChanged(t, s, at, 1) // it might be long's
	commits(t, long)
	wantChanged(t, s, at, 0)
}

// A change under way, with a lower number than the newest, is in the copy that is
// made meanwhile.
func TestHeadBesideChange(t *testing.T) {
	ctx := context.Background()
	c, session := named(t)
	atCommit(t, c, "IF NEW.person = 'held' THEN PERFORM pg_advisory_xact_lock("+lockKey+"); END IF")
	gate := connect(t, c)
	_, err := gate.Exec(ctx, "SELECT pg_advisory_lock("+lockKey+")")
	must(t, err)
	s := open(t, c)
	done := make(chan error, 1)
	a := begin(t, s)
	go func() { done <- s.Create(ctx, a, record("held", "e")) }()
	find(t, c, session, waiting)
	for i := range 2 * window { // beyond what Head itself looks back
		must(t, s.Create(ctx, begin(t, s), record("p", fmt.Sprint("e", i))))
	}

	reader := open(t, as(c, session, session+"-reader"))
	at := place(t, reader)
	if len(at.Open) > 0 {
		t.Fatalf("%d are open", len(at.Open))
	}
	scanned := make(chan error, 1)
	there := false
	go func() {
		scanned <- reader.Scan(ctx, func(e models.Entry) error { there = there || e.Key.Person == "held"; return nil })
	}()
	find(t, c, session+"-reader", waiting)
	_, err = gate.Exec(ctx, "SELECT pg_advisory_unlock("+lockKey+")")
	must(t, err)
	must(t, <-done)
	must(t, <-scanned)
	if !there {
		t.Error("the change that was being committed is in neither the place nor the scan")
	}
	wantChanged(t, reader, at, 0)
}

// as is c for sessions of another name.
func as(c Config, session, other string) Config {
	c.URL = strings.Replace(c.URL, "application_name="+session, "application_name="+other, 1)
	return c
}

const lockKey = "'changes'::regclass::oid::bigint" // each schema has its own

// Those among the newest numbers that are missing are known to Head itself.
func TestHeadKnowsOpen(t *testing.T) {
	c := migrated(t)
	s := open(t, c)
	low, high := writer(t, c), writer(t, c)
	writes(t, low, "low")
	writes(t, high, "high")
	commits(t, high)
	at := place(t, s)
	commits(t, low)
	wantChanged(t, s, at, 0, "low")
}

// More changes than one query gives: none is lost, and a page of one's own is not
// taken for the end.
func TestChangesPages(t *testing.T) {
	c := migrated(t)
	s := open(t, c)
	at := place(t, s)
	const fill = "INSERT INTO changes (person, origin) SELECT 'p' || n, $1 FROM generate_series(1, $2::int) n"
	admin(t, c, fill, s.origin, 2*changesPage+5)
	admin(t, c, fill, "another", 2*changesPage+5)
	seen := map[models.PersonID]bool{}
	for {
		people, next, err := s.After(context.Background(), at)
		must(t, err)
		if len(people) > changesPage+window {
			t.Errorf("%d people at once", len(people))
		}
		for _, person := range people {
			seen[person] = true
		}
		if at = next; len(people) == 0 {
			break
		}
	}
	if len(seen) != 2*changesPage+5 || at.Seq != 1+2*(2*changesPage+5) {
		t.Errorf("%d people, up to number %d", len(seen), at.Seq)
	}
}

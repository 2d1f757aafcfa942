package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"oblik/models"
)

// A copy that holds what the database has not, as after a restore, is made anew.
func TestChangesRestored(t *testing.T) {
	for name, restore := range map[string]string{
		"the newest is gone":        "DELETE FROM changes WHERE seq = (SELECT max(seq) FROM changes)",
		"the newest is another":     "UPDATE changes SET mark = gen_random_uuid() WHERE seq = (SELECT max(seq) FROM changes)",
		"one before it is gone":     "DELETE FROM changes WHERE seq = (SELECT max(seq) - 1 FROM changes)",
		"all are gone":              "DELETE FROM changes",
		"numbers are far ahead":     "SELECT setval(pg_get_serial_sequence('changes', 'seq'), 20000); INSERT INTO changes (person, origin) VALUES ('p', '')",
		"all gone, and others came": "DELETE FROM changes; INSERT INTO changes (person, origin) SELECT 'p', '' FROM generate_series(1, 100)",
	} {
		t.Run(name, func(t *testing.T) {
			c := migrated(t)
			s, other := open(t, c), open(t, c)
			at := place(t, s)
			for i := range 3 {
				must(t, other.Create(context.Background(), begin(t, other), record("p", fmt.Sprint("e", i))))
			}
			at = wantChanged(t, s, at, 0, "p")
			for statement := range strings.SplitSeq(restore, ";") {
				admin(t, c, statement)
			}
			wantLost(t, s, at)
		})
	}
}

// The numbers that a server leaves out when it was killed are forgotten again.
func TestChangesAfterCrash(t *testing.T) {
	c := migrated(t)
	s := open(t, c)
	at := place(t, s)
	admin(t, c, "SELECT setval(pg_get_serial_sequence('changes', 'seq'), 33)")
	admin(t, c, appendChanges, []string{"p"}, "another")
	wantChanged(t, s, wantChanged(t, s, at, 32, "p"), 0)
}

func TestChangesEmptied(t *testing.T) {
	c := migrated(t)
	admin(t, c, "TRUNCATE changes")
	_, err := open(t, c).Head(context.Background())
	wantKind(t, err, models.Integrity)
}

// Changes are forgotten a day after, but for what tells a copy that stands at the
// newest of them that it is in step.
func TestChangesPruned(t *testing.T) {
	ctx := context.Background()
	c := migrated(t)
	s := open(t, c)
	const fill = "INSERT INTO changes (person, origin, made) SELECT 'p' || n, 'another', now() - $1::interval FROM generate_series(1, $2::int) n"
	first := place(t, s)
	admin(t, c, fill, 25*time.Hour, 2*prunedPage)
	old := place(t, s)
	reap := func(want int) {
		t.Helper()
		_, err := s.Reap(ctx)
		must(t, err)
		var rows int
		must(t, s.pool.QueryRow(ctx, "SELECT count(*) FROM changes").Scan(&rows))
		if rows != want {
			t.Fatalf("%d changes are left, want %d", rows, want)
		}
	}
	reap(window)
	wantLost(t, s, first)
	wantChanged(t, s, old, 0)

	admin(t, c, fill, 25*time.Hour, 50)
	admin(t, c, fill, 23*time.Hour, 300)
	reap(window + 350) // not again so soon
	s.pruned.Store(0)
	reap(window + 300)
	next := place(t, s)
	wantChanged(t, s, next, 0)
	wantLost(t, s, old) // 50 of its window are gone
	s.pruned.Store(0)
	reap(window + 300)
}

// A database with data in it gets its table of changes.
func TestMigrateWithData(t *testing.T) {
	ctx := context.Background()
	c := migrated(t)
	s := open(t, c)
	must(t, s.Create(ctx, begin(t, s), record("p", "e")))
	waits := begin(t, s)
	admin(t, c, "DROP TABLE changes")
	admin(t, c, "DELETE FROM "+versions+" WHERE version_id > 2")
	wantError(t, s.CheckSchema(ctx), models.Invalid, "run oblik migrate up")
	from, to, err := Migrate(ctx, c)
	must(t, err)
	if from != 2 || to != want() {
		t.Errorf("migrated from %d to %d", from, to)
	}
	other := open(t, c)
	at := place(t, other)
	must(t, s.DeletePerson(ctx, waits, "p"))
	wantChanged(t, other, at, 0, "p")
}

// Both what is asked again and again and the cleaning find changes by number,
// whatever else is there.
func TestChangesAreIndexed(t *testing.T) {
	ctx := context.Background()
	conn := connect(t, migrated(t))
	_, err := conn.Exec(ctx, `INSERT INTO changes (person, origin) SELECT 'p', '' FROM generate_series(1, 100000);
		ANALYZE changes; SET plan_cache_mode = force_generic_plan`)
	must(t, err)
	for args, query := range map[string]string{
		"(99900, '{1, 2}', '', 10128)": changesFrom,
		"(10000, '24 hours', 128)":     oldChanges,
	} {
		_, err := conn.Exec(ctx, "PREPARE q AS "+query)
		must(t, err)
		lines, err := column[string](ctx, conn, "EXPLAIN EXECUTE q"+args)
		must(t, err)
		if plan := strings.Join(lines, "\n"); strings.Count(plan, "changes_pkey") != 2 || strings.Contains(plan, "Seq Scan") {
			t.Errorf("the index is not used:\n%s", plan)
		}
		_, err = conn.Exec(ctx, "DEALLOCATE q")
		must(t, err)
	}
}

// People are read along the indexes, however many, also where the server has no
// statistics yet.
func TestEntriesAreIndexed(t *testing.T) {
	ctx := context.Background()
	c := migrated(t)
	for _, table := range []string{"persons", "encounters", "encounter_galleries", "samples", "templates"} {
		admin(t, c, "ALTER TABLE "+table+" SET (autovacuum_enabled = off)")
	}
	fill(t, c, 20_000)
	for _, statistics := range []bool{false, true} {
		for _, mode := range []string{"force_generic_plan", "force_custom_plan"} {
			conn := connect(t, c)
			_, err := conn.Exec(ctx, "SET plan_cache_mode = "+mode+"; PREPARE q (text[], text, text) AS "+entriesOf)
			must(t, err)
			for _, n := range []int{1, 10, 100, models.MaxCandidates} {
				var people []string
				for i := range n {
					people = append(people, fmt.Sprint("person-", 1+i*7919%20_000))
				}
				lines, err := column[string](ctx, conn, "EXPLAIN EXECUTE q('{"+strings.Join(people, ",")+"}', 'ALL', 'ALL')")
				must(t, err)
				if plan := strings.Join(lines, "\n"); strings.Contains(plan, "Seq Scan") {
					t.Errorf("statistics %v, %s, %d people: an index is not used:\n%.2000s", statistics, mode, n, plan)
				}
			}
		}
		admin(t, c, "ANALYZE")
	}
}

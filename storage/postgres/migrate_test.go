package postgres

import (
	"context"
	"sync"
	"testing"

	"oblik/models"
	"oblik/storage/storagetest/servers"
)

func TestMigrate(t *testing.T) {
	ctx := context.Background()
	c := empty(t)
	s := open(t, c)
	wantStatus(t, c, 0)
	wantError(t, s.CheckSchema(ctx), models.Invalid, "run oblik migrate up")
	wantStatus(t, c, 0) // asking made nothing
	from, to, err := Migrate(ctx, c)
	must(t, err)
	if from != 0 || to != want() {
		t.Errorf("migrated from %d to %d", from, to)
	}
	must(t, s.CheckSchema(ctx))
	wantStatus(t, c, want())
	from, to, err = Migrate(ctx, c)
	must(t, err)
	if from != want() || to != want() {
		t.Errorf("migrated again from %d to %d", from, to)
	}

	admin(t, c, "INSERT INTO "+versions+" (version_id, is_applied) VALUES ($1, true)", want()+1)
	wantStatus(t, c, want()+1)
	wantError(t, s.CheckSchema(ctx), models.Invalid, "newer than this program")
	_, _, err = Migrate(ctx, c)
	wantError(t, err, models.Invalid, "newer than this program")
}

func wantStatus(t *testing.T, c Config, have int64) {
	t.Helper()
	got, wanted, err := Status(context.Background(), c)
	must(t, err)
	if got != have || wanted != want() {
		t.Fatalf("the status is %d of %d, want %d of %d", got, wanted, have, want())
	}
}

func TestMigrateAtOnce(t *testing.T) {
	c := empty(t)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, to, err := Migrate(context.Background(), c); err != nil || to != want() {
				t.Errorf("migrated to %d: %v", to, err)
			}
		})
	}
	wg.Wait()
	must(t, open(t, c).CheckSchema(context.Background()))
}

func TestMigrateMakesTheSchema(t *testing.T) {
	c := Config{URL: servers.Postgres(t), Schema: `odd "name" ` + newKey()}
	_, to, err := Migrate(context.Background(), c)
	must(t, err)
	if to != want() {
		t.Errorf("migrated to %d", to)
	}
	must(t, open(t, c).CheckSchema(context.Background()))
}

// What the tables themselves refuse, whatever a program does.
func TestSchemaRefuses(t *testing.T) {
	ctx := context.Background()
	c := migrated(t)
	s := open(t, c)
	keys := []string{newKey(), newKey()}
	must(t, s.Create(ctx, begin(t, s, keys[0]), record("p", "e", keys[0])))
	begin(t, s, keys[1])
	conn := connect(t, c)
	for name, statement := range map[string]string{
		"an encounter that goes before its images": "DELETE FROM encounters",
		"an act that goes before its images":       "DELETE FROM acts",
		"an image with two names":                  "UPDATE images SET queued = 1",
		"an image with no name":                    "UPDATE images SET act = NULL, encounter = NULL",
		"an image without a digest":                "UPDATE images SET sha256 = NULL WHERE encounter IS NOT NULL",
		"an encounter in the gallery ALL":          "UPDATE encounter_galleries SET gallery = 'ALL'",
		"a strange key":                            "UPDATE images SET key = '../' || key",
	} {
		if _, err := conn.Exec(ctx, statement); !isState(err, "23503", "23514") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

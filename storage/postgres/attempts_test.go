package postgres

import (
	"context"
	"testing"

	"oblik/models"
)

// A failure of somebody who is being erased waits for that, and is not counted.
func TestFailBesideErasure(t *testing.T) {
	ctx := context.Background()
	c, name := named(t)
	s := open(t, c)
	for _, person := range []models.PersonID{"first", "again"} {
		must(t, s.Create(ctx, begin(t, s), record(string(person), "e")))
		if person == "again" {
			must(t, s.Attempts().Fail(ctx, person))
		}
		tx, err := connect(t, c).Begin(ctx)
		must(t, err)
		for _, statement := range []string{"DELETE FROM encounters WHERE person = (SELECT id FROM persons WHERE person = $1)",
			"DELETE FROM persons WHERE person = $1"} {
			_, err := tx.Exec(ctx, statement, person)
			must(t, err)
		}
		done := make(chan error, 1)
		go func() { done <- s.Attempts().Fail(ctx, person) }()
		find(t, c, name, waiting)
		must(t, tx.Commit(ctx))
		must(t, <-done)
		if n, _, err := s.Attempts().Failed(ctx, person); n != 0 || err != nil {
			t.Errorf("%s: %d failures, %v", person, n, err)
		}
	}
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// Streams go on over their pages, in order, and stop when they are told.
func TestPages(t *testing.T) {
	const size = 2*page + 1
	ctx := context.Background()
	s := filled(t, size)
	for _, statement := range []string{
		`INSERT INTO images (key, encounter, ordinal, length, sha256, type, width, height)
			SELECT md5(id::text), id, 0, id, sha256('x'), 'image/jpeg', 1, 2 FROM encounters`,
		`INSERT INTO audit (time, act, changed, client, operation, transaction, person, encounter)
			SELECT now(), md5(id::text), true, '', 'test', '', '', '' FROM encounters`,
	} {
		_, err := s.pool.Exec(ctx, statement)
		must(t, err)
	}
	var seen []string
	var limit int
	enough := errors.New("enough")
	see := func(s string) error {
		if seen = append(seen, s); len(seen) == limit {
			return enough
		}
		return nil
	}
	for name, stream := range map[string]func() error{
		"Scan": func() error { return s.Scan(ctx, func(e models.Entry) error { return see(order(e.Key.Person)) }) },
		"References": func() error {
			return s.References(ctx, "", func(_ models.EncounterKey, r models.ImageRef) error { return see(r.Key) })
		},
		"Events": func() error { return s.Events(ctx, 0, func(e storage.Event) error { return see(order(e.Seq)) }) },
	} {
		seen, limit = nil, page+7
		if err := stream(); !errors.Is(err, enough) || models.KindOf(err) != models.Internal || len(seen) != limit {
			t.Errorf("%s gave %d, and then %v", name, len(seen), err)
		}
		seen, limit = nil, 0
		must(t, stream())
		if len(seen) != size || !slices.IsSorted(seen) || len(slices.Compact(seen)) != size {
			t.Errorf("%s gave %d of %d, or not in order", name, len(seen), size)
		}
	}
}

// order is an id or a number as a text that sorts as it counts.
func order(id any) string {
	text := strings.TrimPrefix(fmt.Sprint(id), "person-")
	return strings.Repeat("0", 10-len(text)) + text
}

// A line whose change is being committed is not passed over by a reader who
// would go on from the line after it.
func TestEventsWait(t *testing.T) {
	ctx := context.Background()
	c, name := named(t)
	s := open(t, c)
	tx, err := connect(t, c).Begin(ctx)
	must(t, err)
	early, late := act(), act()
	_, err = tx.Exec(ctx, appendLine, line(early, true)...)
	must(t, err)
	must(t, s.Append(ctx, late))
	var seen []string
	done := make(chan error, 1)
	go func() {
		done <- s.Events(ctx, 0, func(e storage.Event) error { seen = append(seen, e.ID); return nil })
	}()
	find(t, c, name, waiting)
	must(t, tx.Commit(ctx))
	must(t, <-done)
	if !slices.Equal(seen, []string{early.ID, late.ID}) {
		t.Errorf("the trail gave %d lines", len(seen))
	}
}

// A VACUUM, whose lock of the table is this one, is not in the way.
func TestEventsBesideVacuum(t *testing.T) {
	ctx := context.Background()
	c := migrated(t)
	c.URL += "&lock_timeout=50ms"
	s := open(t, c)
	must(t, s.Append(ctx, act()))
	tx, err := connect(t, c).Begin(ctx)
	must(t, err)
	_, err = tx.Exec(ctx, "LOCK TABLE audit IN SHARE UPDATE EXCLUSIVE MODE")
	must(t, err)
	lines := 0
	must(t, s.Events(ctx, 0, func(storage.Event) error { lines++; return nil }))
	if lines != 1 {
		t.Errorf("the trail gave %d lines", lines)
	}
}

// A text that PostgreSQL can't hold is the client's fault, and not repeated.
func TestStrangeText(t *testing.T) {
	s := open(t, migrated(t))
	for _, text := range []string{"a\x00b", "a\xffb"} {
		r := record("p", "e")
		r.Encounter.Type = text
		wantKind(t, s.Create(context.Background(), begin(t, s), r), models.Invalid)
	}
}

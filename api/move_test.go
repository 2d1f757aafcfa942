package api_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"testing"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

func TestMerge(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "1", face("ann")))
	w.enroll(t, visit("q", "2", face("bob")))
	w.enroll(t, visit("q", "3", face("carl")))
	if err := w.Merge(ctx, by, "p", "q"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ann", "bob", "carl"} {
		if !w.matches(t, "p", name) {
			t.Errorf("%s is not found", name)
		}
	}
	_, err := w.Read(ctx, by, key("q", "2"))
	wantKind(t, err, models.NotFound)
	e, err := w.Read(ctx, by, key("p", "2"))
	if err != nil || string(e.Samples[0].Image) != "bob" {
		t.Errorf("%+v, %v", e, err)
	}
	if err := w.Move(ctx, by, "p", "q", "2"); kindOf(err) != models.NotFound {
		t.Errorf("of somebody merged: %v", err)
	}
	w.enroll(t, visit("r", "9", face("dan")))
	if err := w.Move(ctx, by, "r", "p", "1"); err != nil {
		t.Error(err)
	}
	if !w.matches(t, "r", "ann") || w.matches(t, "p", "ann") {
		t.Error("ann has not moved")
	}
	if err := w.Move(ctx, by, "p", "r", "9"); err != nil {
		t.Error(err)
	}
	if err := w.Move(ctx, by, "p", "r", "1"); err != nil { // r's last
		t.Error(err)
	}
	_, err = w.ReadAll(ctx, by, "r")
	wantKind(t, err, models.NotFound)
	if report := w.swept(t); report != kept(4) || w.parts.Index.Len() != 4 {
		t.Errorf("%+v, %d in the index", report, w.parts.Index.Len())
	}
	found, err := w.Identify(ctx, by, models.AllGalleries, faces("ann"), api.IdentifyOptions{})
	if err != nil || len(found.Candidates) != 1 || found.Candidates[0].Person != "p" {
		t.Errorf("%+v, %v", found, err)
	}
}

// A merge or a move that is refused changes neither side.
func TestMergeRefused(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "1", face("ann")))
	w.enroll(t, visit("p", "2", face("ann")))
	w.enroll(t, visit("q", "0", face("bob")))
	w.enroll(t, visit("q", "1", face("bob")))
	for name, c := range map[string]struct {
		err  error
		want models.Kind
	}{
		"merge, ids clash":        {w.Merge(ctx, by, "p", "q"), models.Conflict},
		"merge, unknown target":   {w.Merge(ctx, by, "r", "q"), models.NotFound},
		"merge, unknown source":   {w.Merge(ctx, by, "p", "r"), models.NotFound},
		"merge, one person":       {w.Merge(ctx, by, "p", "p"), models.Conflict},
		"merge, nobody":           {w.Merge(ctx, by, "r", "r"), models.NotFound},
		"merge, no id":            {w.Merge(ctx, by, "p", ""), models.Invalid},
		"move, ids clash":         {w.Move(ctx, by, "p", "q", "1"), models.Conflict},
		"move, unknown target":    {w.Move(ctx, by, "r", "q", "0"), models.NotFound},
		"move, unknown source":    {w.Move(ctx, by, "p", "r", "0"), models.NotFound},
		"move, unknown encounter": {w.Move(ctx, by, "p", "q", "7"), models.NotFound},
		"move, one person":        {w.Move(ctx, by, "p", "p", "1"), models.Conflict},
		"move, no id":             {w.Move(ctx, by, "p", "q", ""), models.Invalid},
		"move, bad target":        {w.Move(ctx, by, "../p", "q", "0"), models.Invalid},
	} {
		if kindOf(c.err) != c.want {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	all, err := w.GalleryContent(ctx, by, models.AllGalleries, 0, 10)
	if err != nil || fmt.Sprint(all) != "[{p 1} {p 2} {q 0} {q 1}]" {
		t.Errorf("%v, %v", all, err)
	}
	if !w.matches(t, "p", "ann") || !w.matches(t, "q", "bob") || w.matches(t, "p", "bob") || w.matches(t, "q", "ann") {
		t.Error("the index has changed")
	}
}

// sameLock gives two people who share a lock of the service.
func sameLock(t *testing.T) (a, b string) {
	t.Helper()
	first := map[uint32]string{}
	for i := range 257 {
		person := fmt.Sprint("p", i)
		h := fnv.New32a()
		_, _ = h.Write([]byte(person))
		lock := h.Sum32() % 256
		if other, ok := first[lock]; ok {
			return other, person
		}
		first[lock] = person
	}
	t.Fatal("257 people have 257 of 256 locks")
	return "", ""
}

// Opposite merges and moves at once end, in one of their outcomes, and the
// index agrees.
func TestOppositeMergesAtOnce(t *testing.T) {
	ctx := context.Background()
	a, b := sameLock(t)
	for _, two := range [][2]string{{"p", "q"}, {a, b}} {
		w := newWorld(t)
		var wg sync.WaitGroup
		for i, person := range two {
			w.enroll(t, visit(person, fmt.Sprint("kept", i), face(person)))
			w.enroll(t, visit(person, fmt.Sprint("moved", i), face(person)))
		}
		for i := range 2 {
			target, source := models.PersonID(two[i]), models.PersonID(two[1-i])
			ok := func(err error) {
				if err != nil && kindOf(err) != models.NotFound {
					t.Error(err)
				}
			}
			wg.Go(func() { ok(w.Move(ctx, by, target, source, models.EncounterID(fmt.Sprint("moved", 1-i)))) })
			wg.Go(func() { ok(w.Merge(ctx, by, target, source)) })
			wg.Go(func() { ok(w.SetStatus(ctx, by, key(source, "kept0"), models.Active)) })
		}
		wg.Wait()
		all, err := w.GalleryContent(ctx, by, models.AllGalleries, 0, 10)
		if err != nil || len(all) != 4 || w.parts.Index.Len() != 4 {
			t.Fatalf("%v, %d in the index, %v", all, w.parts.Index.Len(), err)
		}
		for _, k := range all[1:] {
			if k.Person != all[0].Person {
				t.Errorf("they are two people still: %v", all)
			}
		}
		for _, name := range two {
			if !w.matches(t, all[0].Person, name) {
				t.Errorf("%s is not found", name)
			}
		}
	}
}

// lostMoves lose their answer, with what is moved or before.
type lostMoves struct {
	storage.Mover
	moves bool
}

func (l lostMoves) Merge(ctx context.Context, a storage.Act, target, source models.PersonID) error {
	if l.moves {
		return errors.Join(l.Mover.Merge(ctx, a, target, source), errLost)
	}
	return errLost
}

// After a merge whose outcome is unknown both people wait until it is known,
// and the index follows what is on record.
func TestUncertainMergeIsSettled(t *testing.T) {
	ctx := context.Background()
	for _, moves := range []bool{true, false} {
		for _, told := range []bool{true, false} {
			t.Run(fmt.Sprintf("moved %v, told %v", moves, told), func(t *testing.T) {
				var store fragile
				w := newWorld(t, func(p *api.Parts) {
					store.Encounters, store.Acts = p.Encounters, p.Acts
					p.Acts, p.Mover = &store, lostMoves{p.Mover, moves}
				})
				w.enroll(t, visit("p", "1", face("ann")))
				w.enroll(t, visit("q", "2", face("bob")))
				want := map[bool]models.Kind{true: fine, false: models.Unavailable}[moves]
				if !told {
					store.abandon, want = errBroken, models.Uncertain
				}
				if err := w.Merge(ctx, by, "p", "q"); kindOf(err) != want {
					t.Errorf("%v, want %v", err, want)
				}
				if !told {
					wantKind(t, w.SetStatus(ctx, by, key("p", "1"), models.Active), models.Uncertain)
					wantKind(t, w.ErasePerson(ctx, by, "q"), models.Uncertain)
					_, err := w.Enroll(ctx, by, visit("q", "5"))
					wantKind(t, err, models.Uncertain)
				}
				store.abandon = nil
				if err := w.Tidy(ctx); err != nil {
					t.Error(err)
				}
				if lines := len(w.trail(t)); lines != map[bool]int{true: 3, false: 2}[moves] { // the enrolments', and the merge's
					t.Errorf("%d lines in the audit trail", lines)
				}
				if w.matches(t, "p", "bob") != moves || w.parts.Index.Len() != 2 {
					t.Errorf("%d in the index", w.parts.Index.Len())
				}
			})
		}
	}
}

package api_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

func TestEraseTheLastForgetsThePerson(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "1", face("ann")))
	w.enroll(t, visit("p", "2", face("ann")))
	for _, id := range []models.EncounterID{"1", "2"} {
		if err := w.Erase(ctx, by, models.EncounterKey{Person: "p", Encounter: id}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.ReadAll(ctx, by, "p")
	wantKind(t, err, models.NotFound)
	wantKind(t, w.Erase(ctx, by, models.EncounterKey{Person: "p", Encounter: "2"}), models.NotFound)
	wantKind(t, w.ErasePerson(ctx, by, "p"), models.NotFound)
	wantKind(t, w.ErasePerson(ctx, by, "no such"), models.Invalid)
	if report := w.swept(t); report != kept(0) || w.parts.Index.Len() != 0 {
		t.Errorf("left: %+v, %d index entries", report, w.parts.Index.Len())
	}
	galleries, err := w.ListGalleries(ctx, by)
	if err != nil || galleries == nil || len(galleries) != 0 {
		t.Errorf("galleries %v, %v", galleries, err)
	}
}

// undeletable images stay until told otherwise.
type undeletable struct {
	storage.Images
	fails bool
}

func (u *undeletable) Delete(ctx context.Context, key string) error {
	if u.fails {
		return errBroken
	}
	return u.Images.Delete(ctx, key)
}

func TestEraseSucceedsWhileImagesFail(t *testing.T) {
	ctx := context.Background()
	var u *undeletable
	w := newWorld(t, func(p *api.Parts) { u = &undeletable{p.Images, true}; p.Images = u })
	w.enroll(t, visit("p", "e", face("ann")))
	if err := w.ErasePerson(ctx, by, "p"); err != nil {
		t.Fatal(err)
	}
	_, err := w.Verify(ctx, by, "p", "main", faces("ann"), nil)
	wantKind(t, err, models.NotFound)
	if n, err := w.DrainOutbox(ctx); n != 0 || err == nil {
		t.Errorf("drained %d, %v", n, err)
	}
	u.fails = false
	if n, err := w.DrainOutbox(ctx); n != 1 || err != nil {
		t.Errorf("drained %d, %v", n, err)
	}
}

// forgetful deletes and loses the answer, or refuses before it deletes.
type forgetful struct {
	storage.Encounters
	deletes bool
}

func (f forgetful) Delete(ctx context.Context, a storage.Act, key models.EncounterKey) error {
	if f.deletes {
		_ = f.Encounters.Delete(ctx, a, key)
	}
	return errLost
}

func (f forgetful) DeletePerson(ctx context.Context, a storage.Act, person models.PersonID) error {
	if f.deletes {
		_ = f.Encounters.DeletePerson(ctx, a, person)
	}
	return errLost
}

// After a deletion whose outcome is unknown the store is asked: an erased
// person is not found by any search, one who is still there by all.
func TestUncertainErasureIsSettled(t *testing.T) {
	ctx := context.Background()
	for _, deletes := range []bool{true, false} {
		w := newWorld(t, func(p *api.Parts) { p.Encounters = forgetful{p.Encounters, deletes} })
		w.enroll(t, visit("p", "1", face("ann")))
		w.enroll(t, visit("p", "2", face("ann")))
		for name, err := range map[string]error{
			"one":    w.Erase(ctx, by, models.EncounterKey{Person: "p", Encounter: "1"}),
			"person": w.ErasePerson(ctx, by, "p"),
		} {
			if gone := err == nil; gone != deletes {
				t.Errorf("%s, deleted %v: %v", name, deletes, err)
			}
		}
		if n := w.parts.Index.Len(); n != map[bool]int{true: 0, false: 2}[deletes] {
			t.Errorf("deleted %v: the index holds %d", deletes, n)
		}
	}
}

// An enrolment racing with an erasure ends in one of two states, the same in
// store and index.
func TestEnrollAgainstErase(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	var wg sync.WaitGroup
	for i := range 40 {
		person := fmt.Sprintf("p%d", i%4)
		wg.Go(func() {
			if _, err := w.Enroll(ctx, by, visit(person, "e", face("ann"))); err != nil && models.KindOf(err) != models.Conflict {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := w.ErasePerson(ctx, by, models.PersonID(person)); err != nil && models.KindOf(err) != models.NotFound {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	rows := 0
	if err := w.store.Scan(ctx, func(models.Entry) error { rows++; return nil }); err != nil {
		t.Fatal(err)
	}
	if report := w.swept(t); rows != w.parts.Index.Len() || report != kept(rows) {
		t.Errorf("%d rows, %d index entries, %+v", rows, w.parts.Index.Len(), report)
	}
}

func TestNoPackageOfTheServiceNamesAStore(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Clean(f))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f, "_test.go") && strings.Contains(string(text), "oblik/storage/") {
			t.Errorf("%s imports an implementation of storage", f)
		}
	}
}

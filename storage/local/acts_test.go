package local

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// The images of a process that ended, written or half-written, are in the
// outbox when the directory is opened again.
func TestOpenGivesUpActs(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	whole, half, never := storage.NewKey(), storage.NewKey(), storage.NewKey()
	a := storage.Act{ID: storage.NewKey(), Claim: &storage.Claim{}}
	_, err := s.Begin(ctx, a, []string{whole, half, never}, time.Hour)
	must(t, err)
	_, err = s.Images().Put(ctx, whole, []byte("x"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, imagesDir, place(half)+partial), []byte("h"), fileMode))
	must(t, s.Close())

	s = open(t, dir)
	pending, err := s.Pending(ctx, 9)
	must(t, err)
	if !slices.Equal(pending, []string{whole, half, never}) {
		t.Fatalf("pending %v", pending)
	}
	for _, key := range pending {
		must(t, deleteImage(s, key))
	}
	if n := countFiles(t, filepath.Join(dir, imagesDir)); n != 0 {
		t.Errorf("%d files are left", n)
	}
	if outcome, err := s.Outcome(ctx, *a.Claim); outcome != nil || err != nil {
		t.Errorf("the claim is not free: %q %v", outcome, err)
	}
}

// An image that a record or the outbox names is no new act's: giving that up
// would delete it.
func TestBeginWithATakenKey(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	ref := put(t, s)
	r := encounter("p", "e", nil, &ref)
	try := func() {
		_, err := s.Begin(ctx, storage.Act{ID: storage.NewKey()}, []string{ref.Key}, time.Hour)
		wantKind(t, err, models.Conflict)
	}
	a := begin(t, s, ref.Key)
	try()
	must(t, s.Create(ctx, a, r))
	try()
	erase(t, s, r.Encounter.Key)
	try()
}

// Claims are kept for their life.
func TestOldClaimsAreForgotten(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir())
	a := storage.Act{ID: storage.NewKey(), Claim: &storage.Claim{}, Outcome: []byte("done")}
	_, err := s.Begin(ctx, a, nil, time.Hour)
	must(t, err)
	must(t, s.Create(ctx, a, encounter("p", "e", nil, nil)))
	for _, test := range []struct {
		age  time.Duration
		want string
	}{{storage.ClaimLife - time.Minute, "done"}, {storage.ClaimLife + time.Minute, ""}} {
		_, err = s.write.Exec("UPDATE claims SET made = ?", micros(time.Now().Add(-test.age)))
		must(t, err)
		_, err = s.Reap(ctx)
		must(t, err)
		outcome, err := s.Outcome(ctx, *a.Claim)
		must(t, err)
		if string(outcome) != test.want {
			t.Errorf("after %v the outcome is %q, want %q", test.age, outcome, test.want)
		}
	}
}

// The trail can't be changed by SQL either.
func TestTrailIsKept(t *testing.T) {
	s := open(t, t.TempDir())
	create(t, s, encounter("p", "e", nil, nil))
	for _, statement := range []string{"DELETE FROM audit", "UPDATE audit SET client = ''"} {
		if _, err := s.write.Exec(statement); err == nil {
			t.Errorf("%s is done", statement)
		}
	}
}

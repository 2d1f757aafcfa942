package storagetest

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"oblik/models"
	"oblik/storage"
)

var sweepTests = []test{
	{"sweep: finds", sweepFinds},
	{"sweep: repairs orphans only", sweepRepairs},
	{"sweep: images of acts and of the outbox", sweepActs},
	{"sweep: quick", sweepQuick},
	{"sweep: beside changes", sweepBeside},
	{"sweep: fails", sweepFails},
}

// wantSweep sweeps and checks what is reported and found, in whatever order.
func wantSweep(t *testing.T, s Stores, o storage.SweepOptions, want storage.SweepReport, findings ...storage.Finding) {
	t.Helper()
	var found []storage.Finding
	o.Found = func(f storage.Finding) { found = append(found, f) }
	got, err := storage.Sweep(context.Background(), s.Images, s.Names, o)
	Must(t, err)
	order := func(a, b storage.Finding) int { return strings.Compare(a.Key, b.Key) }
	slices.SortFunc(found, order)
	findings = slices.SortedFunc(slices.Values(findings), order)
	if got != want || !slices.Equal(found, findings) {
		t.Fatalf("the sweep reports %+v and found %d, want %+v and %d", got, len(found), want, len(findings))
	}
}

// faulty stores one image of each kind and gives the faults: of 9 references 3
// are faulty, and of 10 images 2 are orphans.
func faulty(t *testing.T, s Stores) []storage.Finding {
	t.Helper()
	pictured(t, s, "p0", "e1", 4)
	r, keys := pictured(t, s, "p1", "e1", 5)
	Must(t, s.Images.Delete(context.Background(), keys[1]))
	s.Damage(t, keys[2], func(b []byte) []byte { return b[1:] })
	s.Damage(t, keys[3], func(b []byte) []byte { b[0] ^= 1; return b })
	key := r.Encounter.Key
	return []storage.Finding{
		{Fault: storage.Missing, Key: keys[1], Encounter: key},
		{Fault: storage.Corrupt, Key: keys[2], Encounter: key},
		{Fault: storage.Corrupt, Key: keys[3], Encounter: key},
		{Fault: storage.Orphan, Key: put(t, s, 10).Key},
		{Fault: storage.Orphan, Key: put(t, s, 0).Key},
	}
}

func sweepFinds(t *testing.T, s Stores) {
	wantSweep(t, s, storage.SweepOptions{}, storage.SweepReport{})
	findings := faulty(t, s)
	for range 2 { // it changes nothing
		wantSweep(t, s, storage.SweepOptions{},
			storage.SweepReport{Images: 10, References: 9, Orphans: 2, Missing: 1, Corrupt: 2}, findings...)
	}
}

func sweepRepairs(t *testing.T, s Stores) {
	findings := faulty(t, s)
	wantSweep(t, s, storage.SweepOptions{Repair: true},
		storage.SweepReport{Images: 10, References: 9, Orphans: 2, Removed: 2, Missing: 1, Corrupt: 2}, findings...)
	wantSweep(t, s, storage.SweepOptions{Repair: true},
		storage.SweepReport{Images: 8, References: 9, Missing: 1, Corrupt: 2}, findings[:3]...)
}

// sweepActs: the images of an act under way, and those that wait to be deleted,
// are nobody's orphans.
func sweepActs(t *testing.T, s Stores) {
	ctx := context.Background()
	keys := newKeys(2)
	a := begin(t, s, keys...)
	_, err := s.Images.Put(ctx, keys[0], random(10))
	Must(t, err)
	wantSweep(t, s, storage.SweepOptions{Repair: true}, storage.SweepReport{Images: 1})
	wantAbandoned(t, s, a, false)
	wantSweep(t, s, storage.SweepOptions{Repair: true}, storage.SweepReport{Images: 1})
	Must(t, s.Outbox.Done(ctx, keys[0]))
	wantSweep(t, s, storage.SweepOptions{Repair: true}, storage.SweepReport{Images: 1, Orphans: 1, Removed: 1},
		storage.Finding{Fault: storage.Orphan, Key: keys[0]})
}

// unread counts the images that are read.
type unread struct {
	storage.Images
	reads atomic.Int32
}

func (u *unread) Get(ctx context.Context, ref models.ImageRef) ([]byte, error) {
	u.reads.Add(1)
	return u.Images.Get(ctx, ref)
}

// sweepQuick: a quick sweep sees by names and lengths, and reads only what looks wrong.
func sweepQuick(t *testing.T, s Stores) {
	_, sound := pictured(t, s, "p", "sound", 3)
	images := &unread{Images: s.Images}
	s.Images = images
	wantSweep(t, s, storage.SweepOptions{Quick: true}, storage.SweepReport{Images: 3, References: 3})
	if n := images.reads.Load(); n != 0 {
		t.Errorf("%d images were read", n)
	}
	s.Damage(t, sound[0], func(b []byte) []byte { b[0] ^= 1; return b })
	wantSweep(t, s, storage.SweepOptions{Quick: true}, storage.SweepReport{Images: 3, References: 3})
	if n := images.reads.Load(); n != 0 {
		t.Errorf("%d images were read", n)
	}
	findings := faulty(t, s)
	wantSweep(t, s, storage.SweepOptions{Quick: true},
		storage.SweepReport{Images: 13, References: 12, Orphans: 2, Missing: 1, Corrupt: 1},
		append(findings[:2], findings[3:]...)...)
}

package local

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oblik/models"
)

// An image belongs to one record: with the one the other's would go too.
func TestImageOfTwoRecords(t *testing.T) {
	s := open(t, t.TempDir())
	ref, err := s.Images().Put(context.Background(), []byte("x"))
	must(t, err)
	must(t, s.Create(context.Background(), record("p", "e1", nil, &ref)))
	wantKind(t, s.Create(context.Background(), record("p", "e2", nil, &ref)), models.Conflict)
}

// A sweep removes what a crash in Put leaves, and nothing that is not the store's.
func TestSweepOfFiles(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	ref, err := s.Images().Put(ctx, []byte("x"))
	must(t, err)
	must(t, s.Create(ctx, record("p", "e", nil, &ref)))
	half := strings.Repeat("0f", keyLength/2)
	for name, stays := range map[string]bool{
		"0f/" + half + partial: false, place(ref.Key) + partial: false, "0f/" + half: false,
		"0f/notes.txt": true, "10/" + half: true, "0f/" + strings.ToUpper(half): true,
	} {
		file := filepath.Join(dir, "images", filepath.FromSlash(name))
		must(t, os.WriteFile(file, []byte("half"), fileMode))
		defer func() {
			if _, err := os.Stat(file); (err == nil) != stays {
				t.Errorf("%s: after the sweep: %v", name, err)
			}
		}()
	}
	report, err := s.Sweep(ctx)
	must(t, err)
	if report.Images != 2 || report.Strays != 3 || report.Missing != 0 {
		t.Errorf("the sweep found %+v", report)
	}
	_, err = s.Images().Get(ctx, ref)
	must(t, err)
}

// A folder that is gone is a fault of the store, never an answer to somebody
// who stores or erases an image; only who asks for one hears "not found".
func TestMissingShardFolder(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	ref, err := s.Images().Put(ctx, []byte("x"))
	must(t, err)
	for i := range shards {
		must(t, os.RemoveAll(filepath.Join(dir, "images", shard(i))))
	}
	_, err = s.Images().Put(ctx, []byte("x"))
	wantKind(t, err, models.Internal)
	wantKind(t, s.Images().Delete(ctx, ref.Key), models.Internal)
	_, err = s.Sweep(ctx)
	wantKind(t, err, models.Internal)
	_, err = s.Images().Get(ctx, ref)
	wantKind(t, err, models.NotFound)
}

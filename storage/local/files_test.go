package local

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// Half-written images are listed under their key, once, and nothing is listed
// that is not the store's.
func TestListOfFiles(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ref := put(t, s)
	half := strings.Repeat("0f", 16)
	for _, name := range []string{
		"0f/" + half + partial, place(ref.Key) + partial, // ours
		"0f/notes.txt", "10/" + half, "0f/" + strings.ToUpper(half), "0f/" + half + partial + partial,
	} {
		must(t, os.WriteFile(filepath.Join(dir, imagesDir, filepath.FromSlash(name)), []byte("half"), fileMode))
	}
	found := map[string]int64{}
	must(t, s.Images().List(context.Background(), func(key string, length int64) error {
		if _, twice := found[key]; twice {
			t.Error("an image is listed twice")
		}
		found[key] = length
		return nil
	}))
	if want := map[string]int64{half: 4, ref.Key: 1}; !maps.Equal(found, want) {
		t.Errorf("listed %v, want %v", found, want)
	}
	_, err := s.Images().Get(context.Background(), models.ImageRef{Key: half, Length: 4})
	wantKind(t, err, models.Integrity)
	must(t, s.Images().Delete(context.Background(), half))
	_, err = s.Images().Get(context.Background(), models.ImageRef{Key: half, Length: 4})
	wantKind(t, err, models.NotFound)
}

// An attempt that was cut off does not stand in the way of the next.
func TestPutAfterHalfAPut(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	key := storage.NewKey()
	must(t, os.WriteFile(filepath.Join(dir, imagesDir, place(key)+partial), []byte("longer than the whole"), fileMode))
	ref, err := s.Images().Put(context.Background(), key, []byte("whole"))
	must(t, err)
	data, err := s.Images().Get(context.Background(), ref)
	must(t, err)
	if string(data) != "whole" {
		t.Errorf("stored %q", data)
	}
}

// A folder that is gone is a fault of the store, never an answer to somebody
// who stores or erases an image; only who asks for one hears "not found".
func TestMissingShardFolder(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir)
	ref := put(t, s)
	for i := range shards {
		must(t, os.RemoveAll(filepath.Join(dir, "images", shard(i))))
	}
	_, err := s.Images().Put(ctx, storage.NewKey(), []byte("x"))
	wantKind(t, err, models.Internal)
	wantKind(t, s.Images().Delete(ctx, ref.Key), models.Internal)
	err = s.Images().List(ctx, func(string, int64) error { return nil })
	wantKind(t, err, models.Internal)
	_, err = s.Images().Get(ctx, ref)
	wantKind(t, err, models.NotFound)
}

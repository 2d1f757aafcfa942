package weights

import (
	"path/filepath"
	"testing"

	"oblik/models"
)

func TestTable(t *testing.T) {
	m, scale, err := Table(t.TempDir(), sface)
	if err != nil || len(scale) == 0 || m.ID != sface {
		t.Errorf("the shipped table: %d bytes, %v", len(scale), err)
	}
	if _, _, err := Table(t.TempDir(), yunet); models.KindOf(err) != models.NotFound {
		t.Errorf("a detector: %v", err)
	}
	if _, _, err := Table(t.TempDir(), "nobody-knows"); models.KindOf(err) != models.NotFound {
		t.Errorf("an unknown id: %v", err)
	}
	dir := t.TempDir()
	net := ownNet("own", 1, 3, 112, 112)
	putOwn(t, dir, ownManifest("own", net), net)
	put(t, filepath.Join(dir, "own"+calibrationExt), make([]byte, maxTableBytes+1))
	if _, _, err := Table(dir, "own"); models.KindOf(err) != models.Unavailable {
		t.Errorf("a huge table: %v", err)
	}
}

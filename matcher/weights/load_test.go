package weights

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oblik/models"
)

func TestLoadRefuses(t *testing.T) {
	net := ownNet("own", 1, 3, 112, 112)
	with := func(change func(t *testing.T, dir string)) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			putOwn(t, dir, ownManifest("own", net), net)
			change(t, dir)
		}
	}
	file := func(data []byte) func(*testing.T, string) {
		return with(func(t *testing.T, dir string) { put(t, onnxPath(dir, "own"), data) })
	}
	// otherNet has the right digest, since its manifest was made for it, and the wrong graph.
	otherNet := func(other []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) { putOwn(t, dir, ownManifest("own", other), other) }
	}
	flipped := append([]byte(nil), net...)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		set  func(*testing.T, string)
		id   string
		task Task
		kind models.Kind
		want string
	}{
		"shipped, missing": {func(*testing.T, string) {}, yunet, Detect, models.NotFound, "yunet-2023mar-int8bq.onnx is missing"},
		"unknown":          {func(*testing.T, string) {}, "own", Recognise, models.NotFound, "no weights with the id own"},
		"path for an id":   {func(*testing.T, string) {}, "../own", Recognise, models.Invalid, "no weights id"},
		"empty id":         {func(*testing.T, string) {}, "", Recognise, models.Invalid, "no weights id"},
		"wrong task":       {file(net), "own", Detect, models.Invalid, "is there to recognise, not to detect"},
		"missing": {with(func(t *testing.T, dir string) {
			if err := os.Remove(onnxPath(dir, "own")); err != nil {
				t.Fatal(err)
			}
		}), "own", Recognise, models.NotFound, "own.onnx is missing"},
		"truncated":      {file(net[:len(net)-1]), "own", Recognise, models.Integrity, "truncated"},
		"empty":          {file(nil), "own", Recognise, models.Integrity, "truncated: 0 bytes"},
		"too long":       {file(append(append([]byte(nil), net...), 0)), "own", Recognise, models.Integrity, "too long"},
		"flipped bit":    {file(flipped), "own", Recognise, models.Integrity, "wrong sha256: expected " + digest(net) + ", actual " + digest(flipped)},
		"wrong height":   {otherNet(ownNet("x", 1, 3, 96, 112)), "own", Recognise, models.Invalid, "wrong input size: expected float32 [1 3 112 112], the file has element type 1 [1 3 96 112]"},
		"wrong channels": {otherNet(ownNet("x", 1, 1, 112, 112)), "own", Recognise, models.Invalid, "wrong input size"},
		"wrong batch":    {otherNet(ownNet("x", 2, 3, 112, 112)), "own", Recognise, models.Invalid, "wrong input size"},
		"open width":     {otherNet(ownNet("x", 1, 3, 112, -1)), "own", Recognise, models.Invalid, "wrong input size"},
		"rank":           {otherNet(ownNet("x", 3, 112, 112)), "own", Recognise, models.Invalid, "wrong input size"},
		"no net":         {otherNet([]byte("hello")), "own", Recognise, models.Invalid, "not a"},
		"manifest": {with(func(t *testing.T, dir string) { put(t, filepath.Join(dir, "own.json"), []byte("{")) }),
			"own", Recognise, models.Invalid, "own.json"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c.set(t, dir)
			_, err := Load(dir, c.id, c.task)
			if err == nil || models.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want kind %v with %q", err, c.kind, c.want)
			}
		})
	}
}

func TestListAndVerify(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not made yet")
	list, err := List(dir)
	if err != nil || len(list) != len(shipped()) {
		t.Fatalf("an absent folder: %d statuses, %v", len(list), err)
	}
	for _, s := range list {
		if s.Installed || !s.Shipped || s.Err != nil {
			t.Errorf("%s in an absent folder: %+v", s.Manifest.ID, s)
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	net := ownNet("own", 1, 3, 112, 112)
	put(t, onnxPath(dir, yunet), []byte("not YuNet"))
	putOwn(t, dir, ownManifest("good", net), net)
	put(t, filepath.Join(dir, "good"+calibrationExt), []byte("{}"))
	put(t, filepath.Join(dir, "bad.json"), []byte("{}"))
	got := map[string]Status{}
	if list, err = Verify(dir); err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		got[s.Manifest.ID] = s
	}
	if len(list) != 4 || len(got) != 4 {
		t.Fatalf("%d statuses", len(list))
	}
	for id, kind := range map[string]models.Kind{yunet: models.Integrity, sface: models.NotFound, "bad": models.Invalid} {
		if s := got[id]; s.Err == nil || models.KindOf(s.Err) != kind {
			t.Errorf("%s: %v, want kind %v", id, s.Err, kind)
		}
	}
	if s := got["good"]; s.Err != nil || !s.Installed || !s.Calibrated {
		t.Errorf("good: %+v", s)
	}
}

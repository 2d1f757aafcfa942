package weights

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oblik/models"
)

func TestOwnRoundTrip(t *testing.T) {
	from, dir := t.TempDir(), filepath.Join(t.TempDir(), "made", "by import")
	net := ownNet("own", -1, 3, 112, 112) // open batch size
	m := ownManifest("own-r50", net)
	file := putOwn(t, from, m, net)
	if got, err := Import(dir, file); err != nil || len(got) != 1 || got[0].ID != m.ID {
		t.Fatalf("%v, %v", got, err)
	}
	l, err := Load(dir, m.ID, Recognise)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(l.ONNX, net) || l.Manifest.Dimension != 128 {
		t.Errorf("loaded %+v", l.Manifest)
	}
	if _, _, err := Table(dir, m.ID); models.KindOf(err) != models.NotFound || !strings.Contains(err.Error(), "own-r50.calibration.json is missing") {
		t.Errorf("calibration: %v", err)
	}
	put(t, filepath.Join(from, m.Calibration), []byte(`{"table":1}`))
	if _, err := Import(dir, file); err != nil {
		t.Fatal(err)
	}
	if got, scale, err := Table(dir, m.ID); err != nil || string(scale) != `{"table":1}` || got.ID != m.ID {
		t.Errorf("calibration %s, %v", scale, err)
	}
	list, err := Verify(dir)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d statuses, %v", len(list), err)
	}
	if s := list[2]; s.Err != nil || !s.Installed || !s.Calibrated || s.Shipped || s.Manifest.ID != m.ID {
		t.Errorf("status %+v", s)
	}
	if temps, _ := filepath.Glob(filepath.Join(dir, ".import-*")); len(temps) > 0 {
		t.Errorf("left behind: %v", temps)
	}
}

// A user's file in block-quantised form is expanded and held to both digests.
func TestOwnQuantised(t *testing.T) {
	from, dir := t.TempDir(), t.TempDir()
	source := quantisedNet(21, nil)
	expanded, err := Expand(source)
	if err != nil {
		t.Fatal(err)
	}
	m := ownManifest("own", expanded)
	m.SourceSHA256 = digest(source)
	if _, err := Import(dir, putOwn(t, from, m, source)); err != nil {
		t.Fatal(err)
	}
	if l, err := Load(dir, "own", Recognise); err != nil || !bytes.Equal(l.ONNX, expanded) {
		t.Errorf("%v", err)
	}
}

func TestImportRefuses(t *testing.T) {
	net := ownNet("own", 1, 3, 112, 112)
	own := func(change func(*Manifest)) func(*testing.T, string) string {
		return func(t *testing.T, from string) string {
			m := ownManifest("own", net)
			change(&m)
			return putOwn(t, from, m, net)
		}
	}
	for name, c := range map[string]struct {
		file func(t *testing.T, from string) string
		kind models.Kind
		want string
	}{
		"missing": {func(_ *testing.T, from string) string { return filepath.Join(from, "x.onnx") }, models.NotFound, "no such file"},
		"folder":  {func(_ *testing.T, from string) string { return from }, models.Unavailable, "not a regular file"},
		"no manifest": {func(t *testing.T, from string) string { return put(t, filepath.Join(from, "x.onnx"), net) },
			models.Invalid, digest(net)},
		"no manifest, known ones": {func(t *testing.T, from string) string { return put(t, filepath.Join(from, "x.onnx"), net) },
			models.Invalid, shipped()[1].SourceSHA256},
		"empty":        {func(t *testing.T, from string) string { return put(t, filepath.Join(from, "x.onnx"), nil) }, models.Invalid, "not known"},
		"shipped id":   {own(func(m *Manifest) { m.ID = sface }), models.Invalid, "shipped weights"},
		"detector":     {own(func(m *Manifest) { *m = shipped()[1]; m.ID = "own" }), models.Invalid, "only recognisers"},
		"wrong digest": {own(func(m *Manifest) { m.SHA256 = strings.Repeat("0", 64) }), models.Integrity, "expected " + strings.Repeat("0", 64) + ", actual " + digest(net)},
		"wrong length": {own(func(m *Manifest) { m.Bytes++ }), models.Integrity, "truncated"},
		"wrong input":  {own(func(m *Manifest) { m.InputName = "input.1" }), models.Invalid, `expected "input.1" alone`},
		"wrong output": {own(func(m *Manifest) { m.Outputs = []string{"683"} }), models.Invalid, "wrong outputs"},
		"wrong vector": {own(func(m *Manifest) { m.Dimension = 512 }), models.Invalid, "wrong dimension"},
		"table's name": {own(func(m *Manifest) { m.Calibration = "other.json" }), models.Invalid, "must be called own.calibration.json"},
		"other name": {func(t *testing.T, from string) string {
			file := putOwn(t, from, ownManifest("own", net), net)
			for _, ext := range []string{onnxExt, manifestExt} {
				if err := os.Rename(strings.TrimSuffix(file, onnxExt)+ext, filepath.Join(from, "other"+ext)); err != nil {
					t.Fatal(err)
				}
			}
			return filepath.Join(from, "other.onnx")
		}, models.Invalid, "must be the file's name"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := Import(dir, c.file(t, t.TempDir()))
			if err == nil || models.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want kind %v with %q", err, c.kind, c.want)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("a refused import left %v", left)
			}
		})
	}
}

// An id keeps its digest: templates made with it name it.
func TestOwnIDIsTaken(t *testing.T) {
	dir, one, two := t.TempDir(), ownNet("one", 1, 3, 112, 112), ownNet("two", 1, 3, 112, 112)
	if _, err := Import(dir, putOwn(t, t.TempDir(), ownManifest("own", one), one)); err != nil {
		t.Fatal(err)
	}
	_, err := Import(dir, putOwn(t, t.TempDir(), ownManifest("own", two), two))
	if models.KindOf(err) != models.Conflict {
		t.Errorf("got %v", err)
	}
	if l, err := Load(dir, "own", Recognise); err != nil || !bytes.Equal(l.ONNX, one) {
		t.Errorf("the first one was touched: %v", err)
	}
}

func TestZipRefuses(t *testing.T) {
	pack := func(names []string, body []byte) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, name := range names {
			f, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(body); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	net := ownNet("own", 1, 3, 112, 112)
	for name, c := range map[string]struct {
		zip  []byte
		want string
	}{
		"nothing known":    {pack([]string{"a.onnx", "b.txt", "c.ONNX"}, net), "none of its 2 .onnx files is known"},
		"path outside":     {pack([]string{"../../evil.onnx", "/etc/evil.onnx"}, net), "none of its 2"},
		"bomb":             {bombs(t, maxMemberBytes+1, 1), "inflates to more"},
		"many bombs":       {bombs(t, maxMemberBytes, maxInflated/maxMemberBytes+1), "inflates to more"},
		"too many members": {pack(make([]string, maxMembers+1), nil), "at most 20000"},
		"cut":              {pack([]string{"a.onnx"}, net)[:60], "not a valid zip"},
	} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, "a", "b")
			_, err := Import(dir, put(t, filepath.Join(t.TempDir(), "x.whl"), c.zip))
			if models.KindOf(err) != models.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(parent, "*.onnx")); len(left) > 0 {
				t.Errorf("written outside the folder: %v", left)
			}
		})
	}
}

// bombs is an archive of members that each inflate to size zeros; they are
// compressed once and copied.
func bombs(t *testing.T, size, members int) []byte {
	t.Helper()
	var packed, b bytes.Buffer
	z, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for left := size; left > 0; left -= len(block) {
		if _, err := z.Write(block[:min(left, len(block))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(&b)
	for range members {
		f, err := w.CreateRaw(&zip.FileHeader{Name: "a.onnx", Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(size)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(packed.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

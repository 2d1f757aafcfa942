package openvino_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/matchertest"
	"oblik/matcher/openvino"
	"oblik/matcher/weights"
	"oblik/models"
)

const weightsDir = "../../.cache/weights"

// library is OpenVINO as set-up has put it there; without it the tests of this
// package say so and everything else runs on OpenCV.
func library(t testing.TB) *openvino.Library {
	t.Helper()
	const dir = "../../.cache/openvino"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("OpenVINO is not here (make setup puts it there, unless OPENVINO=no)")
	}
	l, err := openvino.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func loaded(t testing.TB, id string, task weights.Task) weights.Loaded {
	t.Helper()
	w, err := weights.Load(weightsDir, id, task)
	if err != nil {
		t.Fatalf("%v (make setup puts the weights there)", err)
	}
	return w
}

func recogniser(t testing.TB, p openvino.Precision, folder string) matcher.Network {
	t.Helper()
	w := loaded(t, "sface-2021dec-int8bq", weights.Recognise)
	return network(t, w, openvino.Plan{Side: face.CropSide, Outputs: w.Manifest.Outputs, Precision: p, Folder: folder})
}

func network(t testing.TB, w weights.Loaded, p openvino.Plan) matcher.Network {
	t.Helper()
	n, err := library(t).NewNetwork(w, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

// picture has something of everything in it.
func picture(side int) []byte {
	p := make([]byte, 3*side*side)
	for i := range p {
		p[i] = byte(i * 7919 >> 5)
	}
	return p
}

func vector(t testing.TB, n matcher.Network, crop []byte) []float32 {
	t.Helper()
	outs, err := n.Run(crop)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(outs[0])
}

var cosine = matchertest.Cosine

// A file that is no library. Once the library is open no other file is tried:
// hence a process of its own.
func TestOpenNoLibrary(t *testing.T) {
	const alone = "TEST_OPEN_ALONE"
	if os.Getenv(alone) == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestOpenNoLibrary$")
		cmd.Env = append(os.Environ(), alone+"=yes")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	dir := t.TempDir()
	replace(t, filepath.Join(dir, "libopenvino_c.so"), []byte("no library"))
	if _, err := openvino.Open(dir); models.KindOf(err) != models.Unavailable {
		t.Errorf("a text was opened as a library: %v", err)
	}
}

// A compiled network is taken from its folder, and compiled anew if its file
// is not what was written.
func TestCompiledNetworks(t *testing.T) {
	library(t)
	dir := filepath.Join(t.TempDir(), "compiled")
	want := vector(t, recogniser(t, openvino.F32, ""), picture(face.CropSide))
	same := func(when string) {
		t.Helper()
		if got := vector(t, recogniser(t, openvino.F32, dir), picture(face.CropSide)); !slices.Equal(got, want) {
			t.Errorf("%s: another vector, cosine %f", when, cosine(got, want))
		}
	}
	same("first")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	before := stat(t, files[0])
	same("taken")
	if after := stat(t, files[0]); !os.SameFile(before, after) {
		t.Error("the compiled network was not taken")
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"empty": {}, "a digest alone": data[:32], "cut": data[:len(data)/2],
		"a bit": slices.Concat(data[:1000], []byte{data[1000] ^ 1}, data[1001:]),
	} {
		before := replace(t, files[0], damaged)
		same(name)
		if after := stat(t, files[0]); os.SameFile(before, after) {
			t.Errorf("%s: the damaged file was not replaced", name)
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("%d files are left, %v", len(list), err)
	}
}

// A folder that others can write to could hold others' networks.
func TestCompiledFolderOfOthers(t *testing.T) {
	library(t)
	for _, mode := range []os.FileMode{0o720, 0o702} {
		dir := t.TempDir()
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		recogniser(t, openvino.F32, dir)
		if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
			t.Errorf("mode %o: %d files, %v", mode, len(list), err)
		}
	}
}

// Whatever a compiled network depends on is in its file's name.
func TestCompiledAreToldApart(t *testing.T) {
	l, dir := library(t), t.TempDir()
	w := loaded(t, "yunet-2023mar-int8bq", weights.Detect)
	other := w
	other.Manifest.SHA256 = strings.Repeat("0", 64)
	plan := openvino.Plan{Side: 320, Outputs: face.OutputNames(), Precision: openvino.F32, Folder: dir}
	larger := plan
	larger.Side = 640
	names := map[string]bool{}
	for _, c := range []struct {
		w weights.Loaded
		p openvino.Plan
	}{{w, plan}, {other, plan}, {w, larger}} {
		n, err := l.NewNetwork(c.w, c.p)
		if err != nil {
			t.Fatal(err)
		}
		n.Close()
		n.Close() // does nothing
		if _, err := n.Run(picture(c.p.Side)); err == nil {
			t.Error("a network runs after it was closed")
		}
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			names[e.Name()] = true
		}
	}
	if len(names) != 3 {
		t.Errorf("three networks have the names %v", names)
	}
}

// Files of an earlier version or of another CPU make room.
func TestSupersededAreRemoved(t *testing.T) {
	library(t)
	dir := t.TempDir()
	old := filepath.Join(dir, "sface-2021dec-int8bq-112-f32-0123456789abcdef.openvino")
	other := filepath.Join(dir, "sface-2021dec-int8bq-112-bf16-0123456789abcdef.openvino")
	left, fresh := filepath.Join(dir, ".new-1"), filepath.Join(dir, ".new-2")
	for _, f := range []string{old, other, left, fresh} {
		replace(t, f, []byte("as it was"))
	}
	hourAgo := time.Now().Add(-time.Hour)
	if err := os.Chtimes(left, hourAgo, hourAgo); err != nil {
		t.Fatal(err)
	}
	recogniser(t, openvino.F32, dir)
	for file, want := range map[string]bool{old: false, other: true, left: false, fresh: true} {
		if _, err := os.Stat(file); (err == nil) != want {
			t.Errorf("%s: still there is %v", filepath.Base(file), !want)
		}
	}
}

func stat(t *testing.T, file string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// replace puts a new file in a file's place and tells of it.
func replace(t *testing.T, file string, data []byte) os.FileInfo {
	t.Helper()
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
	return stat(t, file)
}

func TestRefused(t *testing.T) {
	if _, err := openvino.Open(t.TempDir()); models.KindOf(err) != models.Unavailable {
		t.Errorf("an empty folder: %v", err)
	}
	dir := t.TempDir()
	replace(t, filepath.Join(dir, "libopenvino_c.so"), []byte("no library"))
	for name, mode := range map[string]os.FileMode{"folder": 0o777, "library": 0o755} {
		dir := t.TempDir()
		file := filepath.Join(dir, "libopenvino_c.so")
		replace(t, file, []byte("no library"))
		if err := errors.Join(os.Chmod(dir, mode), os.Chmod(file, 0o666)); err != nil {
			t.Fatal(err)
		}
		if name == "folder" {
			if err := os.Chmod(file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := openvino.Open(dir); err == nil || !strings.Contains(err.Error(), "others can write") {
			t.Errorf("a %s that others can write to: %v", name, err)
		}
	}
	l := library(t)
	if _, err := openvino.Open(dir); models.KindOf(err) != models.Invalid {
		t.Errorf("another folder: %v", err)
	}
	for _, size := range []int{0, 1, 3*face.CropSide*face.CropSide - 1, 3*face.CropSide*face.CropSide + 1} {
		if _, err := recogniser(t, openvino.F32, "").Run(make([]byte, size)); models.KindOf(err) != models.Internal || err == nil {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	w := loaded(t, "sface-2021dec-int8bq", weights.Recognise)
	broken := w
	broken.ONNX = w.ONNX[:len(w.ONNX)/2]
	plan := openvino.Plan{Side: face.CropSide, Outputs: w.Manifest.Outputs, Precision: openvino.F32}
	if _, err := l.NewNetwork(broken, plan); err == nil {
		t.Error("half a network was compiled")
	}
	plan.Outputs = []string{"nothing"}
	if _, err := l.NewNetwork(w, plan); err == nil {
		t.Error("an output that there is not was bound")
	}
	plan.Outputs, plan.Side = w.Manifest.Outputs, 64
	if _, err := l.NewNetwork(w, plan); err == nil {
		t.Log("the recogniser takes pictures of 64 pixels") // some do
	}
}

func BenchmarkNetworks(b *testing.B) {
	l := library(b)
	detector := loaded(b, "yunet-2023mar-int8bq", weights.Detect)
	for _, p := range slices.Compact([]openvino.Precision{openvino.F32, l.Best()}) {
		b.Run("recogniser-"+string(p), func(b *testing.B) { runAgain(b, recogniser(b, p, ""), face.CropSide) })
	}
	for _, side := range []int{320, 640} {
		n := network(b, detector, openvino.Plan{Side: side, Outputs: face.OutputNames(), Precision: openvino.F32})
		b.Run("detector", func(b *testing.B) { runAgain(b, n, side) })
	}
}

func runAgain(b *testing.B, n matcher.Network, side int) {
	p := picture(side)
	for b.Loop() {
		if _, err := n.Run(p); err != nil {
			b.Fatal(err)
		}
	}
}

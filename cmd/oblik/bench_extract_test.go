package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"oblik/benchmarks"
	"oblik/matcher"
	"oblik/matcher/face"
	"oblik/matcher/header"
	"oblik/models"
)

// benchExtract measures with turns too short to say anything but that it works.
func benchExtract(t *testing.T, args ...string) (r benchmarks.SpeedReport, progress string) {
	t.Helper()
	out, errs, status := oblik(t, append([]string{"bench", "extract", "--weights-dir", weightsDir, "--compiled-dir", t.TempDir(),
		"--photo", filepath.Join(photosDir, "obama.jpg"), "--seconds", "0.02", "--json"}, args...)...)
	if status != 0 {
		t.Fatalf("status %d, %s%s", status, out, errs)
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return r, errs
}

// sound checks that a spread is that of its rounds.
func sound(t *testing.T, what string, s benchmarks.Spread) {
	t.Helper()
	sorted := slices.Sorted(slices.Values(s.Rounds))
	if len(sorted) != 5 || s.Median != sorted[2] || s.Least != sorted[0] || s.Most != sorted[4] {
		t.Errorf("%s: %+v", what, s)
	}
}

// With no OpenVINO there is OpenCV alone, and the report says so.
func TestBenchExtract(t *testing.T) {
	r, progress := benchExtract(t, "--engine", "auto", "--openvino-dir", t.TempDir(), "--sizes", "250,1600", "--max-workers", "2", "--full-decode", "--unsandboxed", "--grain", "2")
	if len(r.NotLoaded) != 1 || r.NotLoaded[engineOpenVINO] == "" || !strings.Contains(r.Engines[engineOpenCV], "OpenCV") || len(r.Engines) != 1 {
		t.Errorf("engines %v, not loaded %v", r.Engines, r.NotLoaded)
	}
	if r.Machine.CPU == "" || r.Rounds != 5 || r.Seconds != 0.02 || r.Grain != 2 || !strings.Contains(progress, "speed: 100 of 100") {
		t.Errorf("%+v\n%s", r.SpeedSetup, progress)
	}
	for i, side := range []int{250, 1600} {
		p := r.Photographs[i]
		if p.Height != side || p.Width >= side || p.Bytes == 0 || len(p.Throughput) != 9 || len(p.Latency) != 5 {
			t.Fatalf("%+v", p)
		}
		checkThroughput(t, p)
		checkLatency(t, p)
	}
	if note := r.Photographs[1].Throughput[0].Note; !strings.Contains(note, "decoded at 1/") {
		t.Errorf("the raw loop: %q", note)
	}
	if len(r.Memory) != 4 || r.OwnResident < 50 {
		t.Errorf("memory %+v", r.Memory)
	}
	for _, m := range r.Memory {
		if len(m.Resident) != m.Workers || slices.Min(m.Resident) < 50 { // the weights alone have 38
			t.Errorf("%s: %v MiB", m.Contestant, m.Resident)
		}
	}
}

func checkThroughput(t *testing.T, p benchmarks.PhotographSpeed) {
	t.Helper()
	raw := map[int]benchmarks.Spread{}
	var ways []string
	for _, m := range p.Throughput {
		sound(t, m.String(), m.ImagesPerSecond)
		if m.Kind == benchmarks.RawLoop {
			raw[m.Workers] = m.ImagesPerSecond
		}
		ways = append(ways, m.String())
	}
	for _, want := range []string{"opencv, raw loop, 1", "opencv, raw loop, 2", "opencv, in process, 1", "opencv, in process, 2", "opencv, in process (full decode), 1",
		"opencv, workers (sandbox require), 1", "opencv, workers (sandbox require), 2", "opencv, workers (sandbox off), 1", "opencv, workers (sandbox off), 2"} {
		if !slices.Contains(ways, want) {
			t.Errorf("%s is not among %q", want, ways)
		}
	}
	for _, m := range p.Throughput {
		if (m.OfRaw == nil) != (m.Kind == benchmarks.RawLoop) {
			t.Fatalf("%+v", m)
		}
		if m.OfRaw == nil {
			continue
		}
		sound(t, m.String(), *m.OfRaw)
		for i, part := range m.OfRaw.Rounds {
			if want := m.ImagesPerSecond.Rounds[i] / raw[m.Workers].Rounds[i]; math.Abs(part-want) > 1e-9*want {
				t.Errorf("%s, round %d: %g of the raw loop, want %g", m.Contestant, i, part, want)
			}
		}
	}
}

func checkLatency(t *testing.T, p benchmarks.PhotographSpeed) {
	t.Helper()
	for _, l := range p.Latency {
		sound(t, l.String(), l.Milliseconds)
		alone := l.Kind == benchmarks.InProcess && l.Variant == ""
		if l.Workers != 1 || l.Requests < 5 || l.Requests != p.Latency[0].Requests || (l.OverInProcess == nil) != alone {
			t.Fatalf("%+v", l)
		}
		if !alone {
			sound(t, l.String(), *l.OverInProcess)
			sound(t, l.String(), *l.OfInProcess)
			continue
		}
		sum := 0.0
		for _, stage := range []matcher.Stage{matcher.StageDecode, matcher.StageDetect, matcher.StageAlign, matcher.StageEmbed} {
			ms := p.Stages[0].Milliseconds[string(stage)]
			if !(ms > 0) {
				t.Errorf("%s takes %g ms", stage, ms)
			}
			sum += ms
		}
		if sum < l.Milliseconds.Least/2 { // a mean of all, so more than the least round's but for what is in no stage
			t.Errorf("the stages take %g ms, the whole %g at least", sum, l.Milliseconds.Least)
		}
	}
}

func TestBenchExtractOpenVINO(t *testing.T) {
	dir := "../../.cache/openvino"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("OpenVINO is not here (make setup puts it there)")
	}
	r, _ := benchExtract(t, "--engine", "auto", "--openvino-dir", dir, "--sizes", "250", "--max-workers", "1")
	if len(r.NotLoaded) != 0 || len(r.Engines) != 2 || len(r.Photographs[0].Throughput) != 6 || len(r.Photographs[0].Stages) != 2 {
		t.Errorf("%+v", r)
	}
	r, _ = benchExtract(t, "--engine", "auto", "--openvino-dir", dir, "--sizes", "250", "--max-workers", "1", "--engine", "openvino")
	if len(r.Engines) != 1 || r.Engines[engineOpenVINO] == "" {
		t.Errorf("%+v", r.SpeedSetup)
	}
}

func TestBenchExtractRefuses(t *testing.T) {
	void := filepath.Join(t.TempDir(), "void.jpg")
	if err := os.WriteFile(void, noFace(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, says string }{
		{"--rounds 4", "within 5..1000"},
		{"--rounds 1001", "within 5..1000"},
		{"--seconds 0", "within 0.01..60"},
		{"--seconds NaN", "within 0.01..60"},
		{"--seconds 61", "within 0.01..60"},
		{"--sizes 63", "within 64..8192"},
		{"--sizes 250,8193", "within 64..8192"},
		{"--sizes 64" + strings.Repeat(",64", 16), "17 sizes"},
		{"--sizes=", "--sizes"},
		{"--max-workers=-1", "within 0..64"},
		{"--max-workers 65", "within 0..64"},
		{"--workers 3", "--max-workers"},
		{"--workers 0", "--max-workers"},
		{"--grain=-1", "within 0..32"},
		{"--grain 33", "within 0..32"},
		{"--worker-memory 1", "--worker-memory"},
		{"--engine openvino --openvino-dir /nonexistent", "libopenvino_c"},
		{"--photo /nonexistent.jpg", "no such file"},
		{"--photo bench_extract_test.go", "damaged image"},
		{"--engine opencv --sizes 250 --max-workers 1 --photo " + void, "no face"},
		{"--engine opencv --sizes 4000 --max-workers 1 --max-image 300000", "image too large"},
	} {
		args := append([]string{"bench", "extract", "--weights-dir", weightsDir, "--photo", filepath.Join(photosDir, "obama.jpg")}, strings.Fields(c.args)...)
		if out, errs, status := oblik(t, args...); status != exitError || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%s: status %d, %s%s", c.args, status, out, errs)
		}
	}
}

func TestBenchExtractNumbers(t *testing.T) {
	for most, want := range map[int][]int{1: {1}, 2: {1, 2}, 3: {1, 2, 3}, 4: {1, 2, 4}, 6: {1, 2, 4, 6}, 64: {1, 2, 4, 8, 16, 32, 64}} {
		if got := (benchExtractCmd{MaxWorkers: most}).numbers(); !slices.Equal(got, want) {
			t.Errorf("at most %d: %v", most, got)
		}
	}
}

// said is an engine that writes down what it is asked.
type said struct{ words *[]string }

func (s said) Decode(_ []byte, info header.Info, shrink int) (*matcher.Image, error) {
	*s.words = append(*s.words, "decode", string(rune('0'+shrink)))
	w, h := (info.Width+shrink-1)/shrink, (info.Height+shrink-1)/shrink
	return &matcher.Image{Width: w, Height: h, Shrink: shrink, BGR: make([]byte, 3*w*h), Free: func() { *s.words = append(*s.words, "free") }}, nil
}

func (s said) Detect(_ *matcher.Image, turns int) ([]models.FaceBox, error) {
	*s.words = append(*s.words, "detect", string(rune('0'+turns)))
	if turns > 0 {
		return nil, nil
	}
	return []models.FaceBox{{X: 10, Y: 10, Width: 80, Height: 80, Confidence: 0.7,
		Points: [5]models.Point{{X: 30, Y: 40}, {X: 70, Y: 40}, {X: 50, Y: 60}, {X: 35, Y: 75}, {X: 65, Y: 75}}}}, nil
}

func (s said) Align(*matcher.Image, face.Affine) ([]byte, error) {
	*s.words = append(*s.words, "align")
	return []byte("crop"), nil
}

func (s said) Embed(crop []byte) ([]float32, error) {
	*s.words = append(*s.words, "embed", string(crop))
	return []float32{1, 2}, nil
}

// The raw loop does what the recipe was seen to need, once, and nothing else.
func TestRawLoop(t *testing.T) {
	var words []string
	fake := said{&words}
	stages := matcher.Stages{Decoder: fake, Detector: fake, Aligner: fake, Embedder: fake, Format: models.Format{Weights: "w", Dimension: 2}}
	photo := bytes.Clone(photoFile(t, "obama.jpg"))
	run, note, err := rawLoop([]matcher.Stages{stages}, matcher.DefaultParams())(photo)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(note, "decoded at 1/") || !strings.HasSuffix(note, "; the recipe looks 4 times") {
		t.Errorf("%q", note)
	}
	words = nil
	if err := run(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := []string{"decode", "free", "detect 0", "embed crop"}
	got := strings.Join(words, " ")
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%q without %q", got, w)
		}
	}
	if strings.Contains(got, "align") || strings.Count(got, "detect") != 1 || strings.Count(got, "decode") != strings.Count(got, "free") {
		t.Errorf("%q", got)
	}
	again := &observer{shrinks: []int{4, 1}, looks: 1, crop: []byte("c")}
	words = nil
	if err := again.again(stages, photo); err != nil || strings.Join(words, " ") != "decode 4 detect 0 free decode 1 free embed c" {
		t.Errorf("%v, %q", err, words)
	}
	if n := again.note(); n != "decoded at 1/4 and 1/1" {
		t.Errorf("%q", n)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ended); err == nil {
		t.Error("it goes on after the end")
	}
}

package benchmarks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oblik/matcher"
	"oblik/models"
)

// listFor writes a list of two folds: each has the half of the people, with
// their first two photographs.
func listFor(t *testing.T, people int) string {
	t.Helper()
	n := people / 2
	var b strings.Builder
	fmt.Fprintf(&b, "2\t%d\n", n)
	name := func(p int) string { return fmt.Sprintf("P%05d", p) }
	for fold := range 2 {
		for i := range n {
			fmt.Fprintf(&b, "%s\t1\t2\n", name(fold*n+i))
		}
		for i := range n {
			fmt.Fprintf(&b, "%s\t1\t%s\t2\n", name(fold*n+i), name(fold*n+(i+1)%n))
		}
	}
	return writeBytes(t, "pairs.txt", []byte(b.String()))
}

func TestLFW(t *testing.T) {
	s := cluster(t, 21, 60, 2, 32, 3)
	dir := writeSet(t, s)
	writeImage(t, dir, Ref{"P00000", 3}, nil)                   // no face
	writeImage(t, dir, Ref{"P00001", 3}, []byte("not upright")) // see rawExtractor
	o := options(dir, listFor(t, 60))
	var last Progress
	o.Progress = func(p Progress) { last = p }
	r, err := LFW(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if last.Stage != "resample" || last.Done != last.Total || last.Done != 100 {
		t.Errorf("%+v", last)
	}
	var out struct {
		Accuracy float64                       `json:"accuracy"`
		FNMR     map[string]map[string]float64 `json:"fnmr"`
		Without  struct {
			FNMR map[string]any `json:"fnmr"`
		} `json:"withoutLabelErrors"`
		Failures struct {
			Count  int            `json:"count"`
			ByKind map[string]int `json:"byKind"`
		} `json:"failures"`
		Speed struct {
			TemplateBytes   int     `json:"templateBytes"`
			ImagesPerSecond float64 `json:"imagesPerSecond"`
		} `json:"speed"`
	}
	var data, text bytes.Buffer
	if err := errors.Join(WriteJSON(&data, r), r.WriteText(&text)); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Accuracy != 1 || out.Failures.Count != 2 || out.Failures.ByKind["no face"] != 1 || out.Failures.ByKind["photograph not upright"] != 1 || out.Speed.ImagesPerSecond <= 0 || out.Speed.TemplateBytes < 64 {
		t.Errorf("%+v", out)
	}
	for _, fmr := range []string{"0.01", "0.001", "0.0001", "1e-05"} {
		rate, ok := out.FNMR[fmr]
		// Four of 64 mated pairs are lost to the failures, no other is missed.
		near(t, "FNMR at "+fmr, rate["value"], 4.0/64, 1e-12)
		if !ok || !(rate["low"] <= rate["value"] && rate["value"] <= rate["high"]) || out.Without.FNMR[fmr] == nil {
			t.Errorf("%s: %v", fmr, rate)
		}
		if !strings.Contains(text.String(), "FNMR at FMR "+fmr) {
			t.Errorf("%s is not in the text", fmr)
		}
	}
	if !strings.Contains(text.String(), "2 (1 no face, 1 photograph not upright)") {
		t.Errorf("the failures are not in the text:\n%s", text.String())
	}
	if strings.Contains(data.String()+text.String(), "P000") {
		t.Error("a name is in the report")
	}
}

func TestCalibrateAndIdentify(t *testing.T) {
	s := cluster(t, 22, 300, 2, 64, 2)
	dir := writeSet(t, s)
	o := options(dir, listFor(t, 300))
	r, err := Calibrate(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.HoldOuts) != 2 || r.HoldOuts[0].FittedOn != "folds 1-1" || r.HoldOuts[0].MeasuredOn != "folds 2-2" || len(r.Counted) < 2 {
		t.Errorf("%+v", r.HoldOuts)
	}
	for i, score := range []float64{30, 40, 50} {
		if s := r.HoldOuts[1].Scores[i]; s.Score != score || s.Matches != int64(s.Achieved*float64(r.HoldOuts[1].Pairs)+0.5) {
			t.Errorf("%+v", s)
		}
	}
	near(t, "FMR achieved at 30", r.HoldOuts[0].Scores[0].Achieved, 1e-3, 7e-4)
	if r.Table.Provenance.NonMatedPairs != 600*599/2-300 || r.Table.Provenance.Weights != "raw" {
		t.Errorf("%+v", r.Table.Provenance)
	}
	cal, err := matcher.NewCalibration(r.Table)
	if err != nil {
		t.Fatal(err)
	}
	writeImage(t, dir, Ref{"Nobody", 1}, nil) // no face: this person is in no gallery
	found, err := Identify(ctx, o, cal)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := errors.Join(r.WriteText(&text), found.WriteText(&text), WriteJSON(&text, found), WriteJSON(&text, r)); err != nil {
		t.Fatal(err)
	}
	if found.NotEnrolled != 1 || found.People != 301 || !strings.Contains(text.String(), "1 people whose photographs all failed") {
		t.Errorf("%d not enrolled of %d", found.NotEnrolled, found.People)
	}
	if len(found.Galleries) != 2 {
		t.Fatalf("%d galleries", len(found.Galleries))
	}
	some, all := found.Galleries[0], found.Galleries[1]
	if some.People != 100 || some.LeaveOneOut || some.MatedSearches != 20*100 || some.NonMatedSearches != 20*400 {
		t.Errorf("%+v", some)
	}
	if all.People != 300 || !all.LeaveOneOut || all.MatedSearches != 5*300 || all.NonMatedSearches != 5*600 || all.NonMatedPeople != 300 {
		t.Errorf("%+v", all)
	}
	for _, g := range found.Galleries {
		near(t, "rank 1", g.Rank1, 1, 0.001)
		near(t, "FNIR at FPIR 0.01", g.FNIR["0.01"].Value, 0, 0.001)
		for _, p := range g.Service[:2] {
			near(t, "FPIR achieved over promised", p.FPIR.Value/p.Promised, 1, 0.6)
		}
	}
	foreign, _ := fitted(t, 23)
	other, err := matcher.NewCalibration(foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Identify(ctx, o, other); models.KindOf(err) != models.Mismatch {
		t.Errorf("a table of other weights: %v", err)
	}
}

func TestExtract(t *testing.T) {
	s := cluster(t, 24, 10, 2, 8, 1)
	d, err := OpenDataSet(writeSet(t, s))
	if err != nil {
		t.Fatal(err)
	}
	var done atomic.Int64
	freed := 0
	factory := func() (matcher.Extractor, func(), error) { return rawExtractor{}, func() { freed++ }, nil }
	e, err := Extract(ctx, d, factory, 1, func(p Progress) { done.Store(int64(p.Done)) })
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range s.Vectors {
		near(t, "vector", float64(e.Set.Vectors[i]), float64(v), 1e-3) // float16
	}
	if done.Load() != 20 || freed != 1 || len(e.Set.Failures) != 0 || e.Format.Weights != "raw" {
		t.Errorf("%d done, %d freed, %d failures", done.Load(), freed, len(e.Set.Failures))
	}
	broken := models.Errorf("load", models.Unavailable, "no weights")
	for name, f := range map[string]Factory{
		"factory":   func() (matcher.Extractor, func(), error) { return nil, nil, broken },
		"extractor": func() (matcher.Extractor, func(), error) { return brokenExtractor{err: broken}, func() {}, nil },
	} {
		if _, err := Extract(ctx, d, f, 2, nil); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Extract(stopped, d, rawFactory, 2, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// What is wrong with a photograph is counted; what is wrong with the machine, or
// with the run itself, ends it.
func TestFailureKinds(t *testing.T) {
	d, err := OpenDataSet(writeSet(t, cluster(t, 24, 2, 2, 8, 1)))
	if err != nil {
		t.Fatal(err)
	}
	ends := []models.Kind{models.Internal, models.Invalid, models.NotFound, models.Conflict, models.Mismatch, models.Unavailable, models.Integrity}
	for kind := models.Internal; kind <= models.Integrity; kind++ {
		broken := brokenExtractor{err: models.Errorf("test", kind, "made up")}
		e, err := Extract(ctx, d, func() (matcher.Extractor, func(), error) { return broken, func() {}, nil }, 2, nil)
		if slices.Contains(ends, kind) {
			if models.KindOf(err) != kind || err == nil {
				t.Errorf("%v: %v, want the run to end", kind, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v ends the run: %v", kind, err)
			continue
		}
		if len(e.Set.Failures) != 4 || e.Set.Failures[0].Kind != kind {
			t.Errorf("%v: %+v", kind, e.Set.Failures)
		}
	}
}

type brokenExtractor struct {
	rawExtractor
	err error
}

func (b brokenExtractor) Extract(context.Context, models.Sample) (models.Extraction, error) {
	return models.Extraction{}, b.err
}

func TestStageTimes(t *testing.T) {
	var s StageTimes
	var trace matcher.Trace = s.Observe
	trace(matcher.StageDetect, 10*time.Millisecond)
	trace(matcher.StageDetect, 20*time.Millisecond)
	near(t, "mean", s.Milliseconds()["detect"], 15, 1e-9)
}

func TestMissingInput(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for _, run := range []func() error{
		func() error { _, err := LFW(ctx, options(t.TempDir(), none)); return err },
		func() error { _, err := Calibrate(ctx, options(t.TempDir(), none)); return err },
		func() error { _, err := LFW(ctx, options(t.TempDir(), listFor(t, 4))); return err },
	} {
		if err := run(); models.KindOf(err) != models.NotFound {
			t.Errorf("%v, want an error of kind not found", err)
		}
	}
}

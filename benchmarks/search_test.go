package benchmarks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"oblik/matcher"
	"oblik/matcher/index"
	"oblik/models"
)

// linearScale scores a similarity in a straight line.
func linearScale(t *testing.T) *matcher.Calibration {
	t.Helper()
	c, err := matcher.NewCalibration(matcher.CalibrationTable{Version: 1,
		Provenance: matcher.Provenance{Weights: "raw", WeightsSHA256: strings.Repeat("0a", 32), Detector: "none", DataSet: "made up", Tool: "test",
			Date: "2025-01-31", LongSide: 1, Images: 2, People: 2, MatedPairs: 1, NonMatedPairs: 1},
		Knots: []matcher.Knot{{-0.5, 0}, {0.9, 90}},
		Tail:  matcher.Tail{Scale: 1, Slope: 100, Rate: 1, Exceedances: 1, Knots: []matcher.Knot{{1, 100}}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// searchParts are a small measurement of 500 vectors.
func searchParts(t *testing.T) SearchParts {
	t.Helper()
	format, scale := models.Format{Weights: "raw", Dimension: 32}, linearScale(t)
	p := SearchParts{Format: format, Calibration: scale, RowBytes: 32, Kernels: []string{"one", "another"},
		Vectors: Drawn{Count: 500, Dimension: 32, Seed: 1}, SetThreads: func(int) {},
		ReadAll: func(b []byte) uint64 { return uint64(len(b)) },
		Open:    func(string) (matcher.Index, error) { return index.New(format, scale) }}
	var err error
	if p.Probes, err = ProbesOf(p.Vectors, 20, 2); err != nil {
		t.Fatal(err)
	}
	if p.Checks, err = ProbesOf(p.Vectors, 30, 3); err != nil {
		t.Fatal(err)
	}
	return p
}

func searchSetup() SearchSetup {
	return SearchSetup{Tool: "test", Kernel: "one", Source: "drawn", Templates: []int{500, 100, 500}, Queries: []int{1, 8}, Threads: []int{1, 2}, Gallery: 10,
		Changes: 2000, Seconds: 0.02, Rounds: 3, Seed: 1}
}

func TestSearch(t *testing.T) {
	var stages []string
	p := searchParts(t)
	p.Progress = func(p Progress) { stages = append(stages, p.Stage) }
	r, err := Search(ctx, p, searchSetup())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Sizes) != 2 || r.Sizes[0].Templates != 100 || r.Probes != 20 || len(r.Slopes) != 4 {
		t.Fatalf("%+v", r)
	}
	for _, s := range r.Sizes {
		if len(s.Times) != 4 || len(s.Small) != 2 || len(s.SmallAlone) != 2 || len(s.ReadPerNs) != 2 || len(s.Churn) != 2 || s.Resident <= 0 || s.Before <= 0 {
			t.Fatalf("%+v", s)
		}
		for _, m := range s.Times {
			if want := 3 * (20 / m.Queries); m.Count != want || len(m.Milliseconds.Rounds) != 3 || m.P99 < m.Milliseconds.Median || (m.OfBandwidth != nil) != (m.Queries == 1) {
				t.Errorf("%+v", m)
			}
		}
		for _, c := range s.Churn {
			if c.ChangesASecond <= 0 || len(c.OfQuiet.Rounds) != 3 || c.P99OfQuiet != c.ChangingP99/c.QuietP99 {
				t.Errorf("%+v", c)
			}
		}
	}
	for i, kernel := range []string{"one", "another"} {
		if c := r.Checks[i]; c.Kernel != kernel || c.Candidates != 300 || c.Same != 300 || c.Templates != 500 || c.Difference > 1e-12 {
			t.Errorf("%+v", c)
		}
	}
	for _, stage := range []string{"fill", "search", "churn", "brute force", "check"} {
		if !slices.Contains(stages, stage) {
			t.Errorf("no progress of %s", stage)
		}
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"100 templates", "the small gallery, 1", "changes a second", "kernel another", "300 the same, 0 in another order"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
}

// wrongIndex spoils the answers of a sound one.
type wrongIndex struct {
	matcher.Index
	spoil func([]models.Candidate) []models.Candidate
}

func (w wrongIndex) Search(ctx context.Context, p models.Template, o models.SearchOptions) ([]models.Candidate, error) {
	got, err := w.Index.Search(ctx, p, o)
	return w.spoil(got), err
}

func TestCheckCatchesWrongAnswers(t *testing.T) {
	for what, c := range map[string]struct {
		spoil func(got []models.Candidate) []models.Candidate
		wrong int
	}{
		"missing": {func(got []models.Candidate) []models.Candidate { return got[:9] }, 30},
		"twice":   {func(got []models.Candidate) []models.Candidate { got[1] = got[0]; return got }, 30},
		"swapped": {func(got []models.Candidate) []models.Candidate { got[1], got[2] = got[2], got[1]; return got }, 60},
		"score":   {func(got []models.Candidate) []models.Candidate { got[3].Score.Value += 1e-9; return got }, 30},
		"similarity": {func(got []models.Candidate) []models.Candidate {
			got[3].Score.Similarity += 2e-6
			return got
		}, 30},
		"another person": {func(got []models.Candidate) []models.Candidate {
			n, err := numberOf(got[3].Person)
			got[3].Person = keyOf((n + 1) % 500).Person
			if err != nil {
				t.Error(err)
			}
			return got
		}, 30},
	} {
		p := searchParts(t)
		open := p.Open
		p.Open = func(kernel string) (matcher.Index, error) {
			index, err := open(kernel)
			return wrongIndex{index, c.spoil}, err
		}
		s := searchSetup()
		s.Changes, s.Gallery, s.Rounds = 0, 0, 1
		r, err := Search(ctx, p, s)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Checks[0]; got.Wrong < c.wrong || got.Wrong+got.Same+got.Ties != 300 {
			t.Errorf("%s: %s", what, got)
		}
	}
}

func TestSearchRefuses(t *testing.T) {
	for says, change := range map[string]func(*SearchSetup, *SearchParts){
		"within 1..16":     func(s *SearchSetup, _ *SearchParts) { s.Templates = nil },
		"templates: [0]":   func(s *SearchSetup, _ *SearchParts) { s.Templates = []int{0} },
		"templates: [99":   func(s *SearchSetup, _ *SearchParts) { s.Templates = []int{99_000_000} },
		"at once: [0]":     func(s *SearchSetup, _ *SearchParts) { s.Queries = []int{0} },
		"at once: [65]":    func(s *SearchSetup, _ *SearchParts) { s.Queries = []int{65} },
		"threads: [1025]":  func(s *SearchSetup, _ *SearchParts) { s.Threads = []int{1025} },
		"gallery: [-1]":    func(s *SearchSetup, _ *SearchParts) { s.Gallery = -1 },
		"second: [100001]": func(s *SearchSetup, _ *SearchParts) { s.Changes = 100_001 },
		"rounds: [0]":      func(s *SearchSetup, _ *SearchParts) { s.Rounds = 0 },
		"NaN seconds":      func(s *SearchSetup, _ *SearchParts) { s.Seconds = math.NaN() },
		"20 probes":        func(s *SearchSetup, _ *SearchParts) { s.Queries = []int{21} },
		"fewer than 501":   func(s *SearchSetup, _ *SearchParts) { s.Templates = []int{501} },
		"templates of 16":  func(_ *SearchSetup, p *SearchParts) { p.Format.Dimension = 16 },
		"has length 0":     func(_ *SearchSetup, p *SearchParts) { p.Probes[3] = make([]float32, 32) },
		"vector 0":         func(_ *SearchSetup, p *SearchParts) { p.Vectors = Rows(make([][]float32, 500)); fillZero(p.Vectors) },
		"no index to be had": func(_ *SearchSetup, p *SearchParts) {
			p.Open = func(string) (matcher.Index, error) { return nil, errors.New("no index to be had") }
		},
	} {
		s, p := searchSetup(), searchParts(t)
		change(&s, &p)
		if _, err := Search(ctx, p, s); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func fillZero(v Vectors) {
	rows, _ := v.(Rows)
	for i := range rows {
		rows[i] = make([]float32, 32)
	}
}

func TestTurnKeepsToItsThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	r := &searching{SearchParts: searchParts(t), probes: make([]models.Template, 1)}
	r.ReadAll = func([]byte) uint64 {
		if n := runtime.GOMAXPROCS(0); n != 1 {
			t.Errorf("%d processors for one thread", n)
		}
		return 0
	}
	if err := r.turn(ctx, &way{threads: 1}, make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
	if n := runtime.GOMAXPROCS(0); n != 2 {
		t.Errorf("%d processors after it", n)
	}
}

func TestSearchTurns(t *testing.T) {
	var out bytes.Buffer
	p := searchParts(t)
	var threads []int
	p.SetThreads = func(n int) { threads = append(threads, n) }
	if err := SearchTurns(ctx, p, searchSetup(), strings.NewReader("1 1\n8 2\nbest\n"), &out); err != nil {
		t.Fatal(err)
	}
	lines := json.NewDecoder(&out)
	var ready Ready
	var one, eight Turn
	var best Best
	for _, to := range []any{&ready, &one, &eight, &best} {
		if err := lines.Decode(to); err != nil {
			t.Fatal(err)
		}
	}
	if ready.Templates != 500 || ready.Dimension != 32 || ready.Resident == 0 || ready.Kernel != "one" {
		t.Errorf("%+v", ready)
	}
	if one.Queries != 1 || one.Searches != 20 || eight.Queries != 8 || eight.Searches != 16 || eight.Threads != 2 || !slices.Equal(threads, []int{1, 2}) ||
		one.PerQuery <= 0 || one.PerBatch <= 0 {
		t.Errorf("%+v, %+v, threads %v", one, eight, threads)
	}
	probes, err := encodeAll(p.Format, p.Probes)
	if err != nil {
		t.Fatal(err)
	}
	want, err := register{vectors: p.Vectors, format: p.Format, people: 500}.bruteForce(ctx, probes, newMeter("", 1, nil))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range best.Rows {
		for j := range row {
			if row[j] != want[i][j].row || math.Abs(best.Similarities[i][j]-want[i][j].similarity) > 1e-12 {
				t.Errorf("probe %d, place %d: %d %g, want %+v", i, j, row[j], best.Similarities[i][j], want[i][j])
			}
		}
	}
	for _, line := range []string{"", "1", "0 1", "21 1", "1 0", "1 1025", "x y"} {
		if err := SearchTurns(ctx, p, searchSetup(), strings.NewReader(line+"\n"), &out); models.KindOf(err) != models.Invalid {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestTimes(t *testing.T) {
	var all times
	for _, round := range [][]float64{{1, 2, 9}, {4, 3, 5}} {
		all.begin()
		for _, ms := range round {
			all.add(ms)
		}
	}
	if m := all.medians(); !slices.Equal(m, []float64{2, 4}) || all.quantile(0.5) != 3 || all.quantile(0.99) != 9 {
		t.Errorf("medians %v, %g, %g", m, all.quantile(0.5), all.quantile(0.99))
	}
	size := func(n int, ms float64) SearchSize {
		return SearchSize{Templates: n, Times: []SearchTime{{Queries: 1, Threads: 2, Milliseconds: Spread{Median: ms}}}}
	}
	s := slopes([]SearchSize{size(100, 1), size(1000, 10), size(10000, 100)})
	if len(s) != 1 || s[0].Queries != 1 || s[0].Threads != 2 {
		t.Fatalf("%+v", s)
	}
	near(t, "exponent", s[0].Exponent, 1, 1e-12)
	if len(s[0].Steps) != 2 {
		t.Fatalf("%+v", s)
	}
	near(t, "first step", s[0].Steps[0], 1e6*9/900, 1e-6)
	near(t, "second step", s[0].Steps[1], 1e6*90/9000, 1e-6)
	if got := slopes([]SearchSize{size(100, 1)}); len(got) != 0 {
		t.Errorf("of one size %+v", got)
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
}

func TestRegister(t *testing.T) {
	g := register{people: 95, few: 10}
	count, ids := 0, map[models.PersonID]bool{}
	for i := range 95 {
		e := g.entry(i, models.Template{})
		if err := e.Key.Validate(); err != nil {
			t.Error(err)
		}
		if n, err := numberOf(e.Key.Person); err != nil || n != i {
			t.Errorf("%s is %d, %v", e.Key.Person, n, err)
		}
		if slices.Contains(e.Galleries, few) {
			count++
		}
		ids[e.Key.Person] = true
	}
	if count != 10 || len(ids) != 95 {
		t.Errorf("%d in the small gallery, %d ids", count, len(ids))
	}
	for _, id := range []models.PersonID{"anna", "00000000-0000-8000-8000-00000000000g"} {
		if n, err := numberOf(id); err == nil {
			t.Errorf("%s is %d", id, n)
		}
	}
}

func TestCompare(t *testing.T) {
	format, scale := models.Format{Weights: "raw", Dimension: 32}, linearScale(t)
	parts := CompareParts{Comparer: matcher.NewCosine(format, scale), Format: format, Calibration: scale}
	r, err := Compare(ctx, parts, CompareReport{Rounds: 3, Seconds: 0.01, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Times) != 2 || len(r.Times[0].Nanoseconds.Rounds) != 3 || r.Times[1].Nanoseconds.Median <= 0 {
		t.Fatalf("%+v", r)
	}
	near(t, "ns and a second", r.Times[0].PerSecond.Median*r.Times[0].Nanoseconds.Median, 1e9, 1)
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "templates read once") {
		t.Errorf("%v\n%s", err, text.String())
	}
	for _, bad := range []CompareReport{{Rounds: 0, Seconds: 1}, {Rounds: 1001, Seconds: 1}, {Rounds: 1, Seconds: math.NaN()}, {Rounds: 1, Seconds: 61}} {
		if _, err := Compare(ctx, parts, bad); models.KindOf(err) != models.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	parts.Comparer = matcher.NewCosine(models.Format{Weights: "other", Dimension: 32}, scale)
	if _, err := Compare(ctx, parts, CompareReport{Rounds: 1, Seconds: 0.01}); models.KindOf(err) != models.Mismatch {
		t.Error(err)
	}
}

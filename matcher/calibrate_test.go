package matcher

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"oblik/models"
)

// tableForTest has a counted part of slope 100 up to score 50 and a tail of
// slope 80 up to similarity 1.
func tableForTest() CalibrationTable {
	return CalibrationTable{
		Version: 1, Meaning: "for tests",
		Provenance: Provenance{Weights: "test", WeightsSHA256: strings.Repeat("0a", 32), Detector: "test", LongSide: 320,
			DataSet: "made up", Images: 100, People: 50, MatedPairs: 50, NonMatedPairs: 3_000_000, Date: "2025-01-31", Tool: "test"},
		Knots: []Knot{{-0.2, 0}, {0, 1}, {0.1, 5}, {0.3, 30}, {0.5, 50}},
		Tail: Tail{Threshold: 0.4, Exceedances: 300, Rate: 1e-4, Shape: 0.1, ShapeLow: 0, ShapeHigh: 0.2, Scale: 0.05,
			Distance: 0.01, Fit: 0.5, Slope: 100, Knots: []Knot{{0.75, 70}, {1, 90}}},
	}
}

func calibrationForTest(t testing.TB) *Calibration {
	t.Helper()
	c, err := NewCalibration(tableForTest())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCalibrationScore(t *testing.T) {
	c := calibrationForTest(t)
	for _, k := range []struct {
		similarity, score float64
		extrapolated      bool
	}{
		{-1, 0, false}, {-0.2, 0, false}, {-0.1, 0.5, false}, {0, 1, false}, {0.2, 17.5, false},
		{0.3, 30, false}, {0.5, 50, false}, {0.5000001, 50.000008, true}, {0.625, 60, true},
		{0.875, 80, true}, {1, 90, true}, {1.0000001, 90, true}, {math.NaN(), 0, false},
		{math.Inf(1), 90, true}, {math.Inf(-1), 0, false},
	} {
		s := c.Score(k.similarity)
		if math.Abs(s.Value-k.score) > 1e-9 || s.Extrapolated != k.extrapolated {
			t.Errorf("Score(%g) = %g, extrapolated %t; want %g, %t", k.similarity, s.Value, s.Extrapolated, k.score, k.extrapolated)
		}
		if s.Similarity != k.similarity && !math.IsNaN(k.similarity) {
			t.Errorf("Score(%g) keeps similarity %g", k.similarity, s.Similarity)
		}
	}
	if c.EmpiricalLimit() != 50 || c.WeightsID() != "test" {
		t.Errorf("limit %g, weights %q", c.EmpiricalLimit(), c.WeightsID())
	}
}

func TestCalibrationSimilarityIsTheInverse(t *testing.T) {
	c := calibrationForTest(t)
	for score := 0.25; score <= 90; score += 0.25 {
		if got := c.Score(c.Similarity(score)).Value; math.Abs(got-score) > 1e-9 {
			t.Errorf("Score(Similarity(%g)) = %g", score, got)
		}
	}
	for _, k := range []struct{ score, similarity float64 }{
		{-5, -1}, {0, -1}, {90, 1}, {90.01, math.Inf(1)}, {math.Inf(1), math.Inf(1)}, {math.NaN(), math.Inf(1)},
	} {
		if got := c.Similarity(k.score); got != k.similarity {
			t.Errorf("Similarity(%g) = %g, want %g", k.score, got, k.similarity)
		}
	}
}

func TestCalibrationRefuses(t *testing.T) {
	for name, change := range map[string]func(*CalibrationTable){
		"version":          func(t *CalibrationTable) { t.Version = 2 },
		"no knots":         func(t *CalibrationTable) { t.Knots = nil },
		"no tail":          func(t *CalibrationTable) { t.Tail.Knots = nil },
		"too many knots":   func(t *CalibrationTable) { t.Knots = make([]Knot, maxKnots) },
		"falling score":    func(t *CalibrationTable) { t.Knots[2][1] = 0.5 },
		"equal similarity": func(t *CalibrationTable) { t.Knots[2][0] = 0 },
		"score over 100":   func(t *CalibrationTable) { t.Tail.Knots[1] = Knot{1, 100.5} },
		"similarity < -1":  func(t *CalibrationTable) { t.Knots[0][0] = -1.5 },
		"NaN":              func(t *CalibrationTable) { t.Knots[2][0] = math.NaN() },
		"first score":      func(t *CalibrationTable) { t.Knots[0][1] = 0.5 },
		"steep tail":       func(t *CalibrationTable) { t.Tail.Knots[0] = Knot{0.6, 61} },
		"short tail":       func(t *CalibrationTable) { t.Tail.Knots = t.Tail.Knots[:1] },
		"infinite scale":   func(t *CalibrationTable) { t.Tail.Scale = math.Inf(1) },
		"no slope":         func(t *CalibrationTable) { t.Tail.Slope = 0 },
		"weights id":       func(t *CalibrationTable) { t.Provenance.Weights = "" },
		"digest":           func(t *CalibrationTable) { t.Provenance.WeightsSHA256 = "abc" },
		"date":             func(t *CalibrationTable) { t.Provenance.Date = "31.1.2025" },
		"count":            func(t *CalibrationTable) { t.Provenance.NonMatedPairs = 0 },
		"long text":        func(t *CalibrationTable) { t.Provenance.DataSet = strings.Repeat("x", 1000) },
	} {
		table := tableForTest()
		change(&table)
		if _, err := NewCalibration(table); models.KindOf(err) != models.Invalid {
			t.Errorf("%s: %v, want an error of kind invalid", name, err)
		}
	}
}

func TestParseCalibration(t *testing.T) {
	good, err := json.Marshal(tableForTest())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseCalibration(good); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"empty":       "",
		"unknown key": strings.Replace(string(good), `"version"`, `"colour":1,"version"`, 1),
		"inner key":   strings.Replace(string(good), `"shape"`, `"shapes":1,"shape"`, 1),
		"two tables":  string(good) + string(good),
		"cut":         string(good[:len(good)/2]),
		"null":        "null",
		"too long":    string(good) + strings.Repeat(" ", maxCalibrationBytes),
	} {
		if _, err := ParseCalibration([]byte(data)); models.KindOf(err) != models.Invalid {
			t.Errorf("%s: %v, want an error of kind invalid", name, err)
		}
	}
}

// FuzzParseCalibration: what is accepted rises from 0 to at most 100 and can be
// turned round.
func FuzzParseCalibration(f *testing.F) {
	good, err := json.Marshal(tableForTest())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"version":1,"knots":[[-1,0],[1,100]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCalibration(data)
		if err != nil {
			return
		}
		last := 0.0
		for i := -100; i <= 100; i++ {
			s := c.Score(float64(i) / 100)
			if !(s.Value >= last && s.Value <= models.MaxScore) {
				t.Fatalf("score %g after %g", s.Value, last)
			}
			if back := c.Similarity(s.Value); back > float64(i)/100+1e-6 {
				t.Fatalf("Similarity(%g) = %g, but %g reaches it", s.Value, back, float64(i)/100)
			}
			last = s.Value
		}
	})
}

func BenchmarkCalibrationScore(b *testing.B) {
	table := tableForTest()
	table.Knots = nil
	for i := range 400 {
		table.Knots = append(table.Knots, Knot{-0.3 + 0.8*float64(i)/399, 50 * float64(i) / 399})
	}
	c, err := NewCalibration(table)
	if err != nil {
		b.Fatal(err)
	}
	similarity, sum := -0.3, 0.0
	for b.Loop() {
		sum += c.Score(similarity).Value
		if similarity += 0.0137; similarity > 1 {
			similarity -= 1.3
		}
	}
	_ = sum
}

package benchmarks

import (
	"math"
	"strings"
	"testing"

	"oblik/models"
)

// planar makes photographs whose vectors lie at given angles, in degrees.
func planar(t *testing.T, angles map[Ref]float64, failures ...Failure) *Set {
	t.Helper()
	var refs []Ref
	var vectors [][]float32
	for r, a := range angles {
		refs = append(refs, r)
		vectors = append(vectors, []float32{float32(math.Cos(a * math.Pi / 180)), float32(math.Sin(a * math.Pi / 180))})
	}
	s, err := NewSet(refs, vectors, failures)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const twoFolds = "2\t2\nA\t1\t2\nA\t1\t3\nA\t1\tB\t1\nA\t2\tB\t1\nC\t1\t2\nC\t1\t3\nC\t1\tD\t1\nC\t2\tD\t1\n"

// Fold 1 parts at 10..60 degrees without an error; in fold 2 one mated pair
// lies at 80 degrees. Judged by fold 1's threshold fold 2 has 3 of 4 right; by
// fold 2's (between 20 and 60 degrees) fold 1 has all.
func TestListAccuracy(t *testing.T) {
	angles := map[Ref]float64{
		{"A", 1}: 0, {"A", 2}: 10, {"A", 3}: -10, {"B", 1}: 80,
		{"C", 1}: 0, {"C", 2}: 20, {"C", 3}: -80, {"D", 1}: 85,
	}
	p, err := ParsePairs(strings.NewReader(twoFolds))
	if err != nil {
		t.Fatal(err)
	}
	a, err := ListAccuracy(planar(t, angles), p)
	if err != nil {
		t.Fatal(err)
	}
	if a.Folds[0] != 1 || a.Folds[1] != 0.75 || a.Mean != 0.875 || a.Pairs != 8 {
		t.Errorf("%+v", a)
	}
	near(t, "standard error", a.StdErr, 0.125, 1e-12) // the folds' deviation 0.1768 over root 2
	for i, angle := range []float64{a.Thresholds[0], a.Thresholds[1]} {
		if d := math.Acos(angle) * 180 / math.Pi; d < []float64{20, 10}[i] || d > []float64{65, 70}[i] {
			t.Errorf("fold %d was judged at %g degrees", i+1, d)
		}
	}
	delete(angles, Ref{"B", 1})
	if _, err := ListAccuracy(planar(t, angles), p); models.KindOf(err) != models.NotFound {
		t.Errorf("a missing photograph: %v", err)
	}
	a, err = ListAccuracy(planar(t, angles, Failure{Ref{"B", 1}, models.NoFace}), p)
	if err != nil || a.Folds[0] != 1 {
		t.Errorf("a failed photograph matches nobody: %+v, %v", a, err)
	}
	angles[Ref{"B", 1}] = 80
	a, err = ListAccuracy(planar(t, angles).Without(labelErrors(t, [2]string{"A", "B"})), p)
	if err != nil || a.LabelError != 2 || a.Pairs != 6 {
		t.Errorf("label errors are not counted: %+v, %v", a, err)
	}
}

// A fold is judged at the threshold of the others, even where its own pairs
// would move it to their favour.
func TestAccuracyIsOfUnseenPairs(t *testing.T) {
	folds := [][]judged{
		{{0.1, false}, {0.15, false}, {0.4, true}, {0.41, true}, {0.42, true}, {0.43, true}},
		{{0.2, false}, {0.5, false}, {0.6, true}, {0.7, true}},
	}
	var a Accuracy
	a.judge(folds)
	near(t, "threshold for the first fold", a.Thresholds[0], 0.55, 1e-6)
	near(t, "first fold", a.Folds[0], 2.0/6, 1e-12)
	near(t, "threshold for the second fold", a.Thresholds[1], 0.275, 1e-6)
	near(t, "second fold", a.Folds[1], 3.0/4, 1e-12)
}

func TestBestThresholdTakesTheMiddle(t *testing.T) {
	var pairs []judged
	for _, s := range []float64{0.1, 0.2} {
		pairs = append(pairs, judged{s, false}, judged{s + 0.6, true})
	}
	near(t, "threshold", bestThreshold(pairs), 0.45, 1e-9)
	near(t, "all mated", bestThreshold([]judged{{0.5, true}, {0.5, true}}), -1, 1e-9)
}

package matcher

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"oblik/models"
)

var testFormat = models.Format{Weights: testWeights, Dimension: 16}

// testScale is linear from a cosine of 0, score 0, to 1, score 100.
func testScale(t testing.TB) *Calibration {
	t.Helper()
	c, err := NewCalibration(CalibrationTable{
		Version: 1, Meaning: "a straight line",
		Provenance: Provenance{
			Weights: testWeights, WeightsSHA256: fmt.Sprintf("%064x", 1), Detector: "none", LongSide: 320,
			DataSet: "none", Images: 10, People: 5, MatedPairs: 5, NonMatedPairs: 40, Date: "2026-01-02", Tool: "test",
		},
		Knots: []Knot{{0, 0}, {0.5, 50}},
		Tail: Tail{Threshold: 0.4, Exceedances: 30, Rate: 0.1, Shape: -0.1, Scale: 0.1, Slope: 100,
			Knots: []Knot{{1, 100}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func BenchmarkCompare(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	c := NewCosine(models.Format{Weights: testWeights, Dimension: 128}, testScale(b))
	p, q := mustEncode(b, unitVector(r, 128)), mustEncode(b, unitVector(r, 128))
	for b.Loop() {
		if _, err := c.Compare(p, q); err != nil {
			b.Fatal(err)
		}
	}
}

package benchmarks

import (
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"
)

// MatedPairs is the number of pairs of one person, lost ones included.
func (c *Cross) MatedPairs() int64 { return int64(len(c.Mated)) }

// Threshold is the lowest similarity at which no more than fmr of the
// non-mated pairs match; exact among the highest pairs that are kept, below
// them rounded up by at most 3e-5.
func (c *Cross) Threshold(fmr float64) float64 {
	allowed := int64(math.Floor(fmr*float64(c.NonMated) + 1e-6)) // 1e-3 x 1000 is 1, not 0.999...
	if allowed >= c.NonMated {
		return -1
	}
	if allowed < int64(len(c.Top)) {
		return above(c.Top[allowed].Similarity)
	}
	i, _ := slices.BinarySearchFunc(c.above, allowed, func(n, allowed int64) int {
		if n > allowed {
			return -1
		}
		return 1
	})
	return float64(i)/binScale - 1
}

// FMR is the share of the non-mated pairs that match at a threshold; below the
// highest pairs, which are kept, that of the nearest bin's border.
func (c *Cross) FMR(threshold float64) float64 {
	n, _ := slices.BinarySearchFunc(c.Top, threshold, func(s NonMatedScore, t float64) int {
		if float64(s.Similarity) >= t {
			return -1
		}
		return 1
	})
	count := int64(n)
	if n == len(c.Top) {
		count = max(count, c.above[min(max(int(math.Round((threshold+1)*binScale)), 0), bins-1)])
	}
	return float64(count) / float64(c.NonMated)
}

// FNMR is the share of the mated pairs that do not match at a threshold.
func (c *Cross) FNMR(threshold float64) float64 {
	n, _ := slices.BinarySearchFunc(c.Mated, threshold, func(s MatedScore, t float64) int {
		if float64(s.Similarity) < t {
			return -1
		}
		return 1
	})
	return float64(n) / float64(len(c.Mated))
}

// CurvePoint is one threshold of the curve.
type CurvePoint struct{ Similarity, FMR, FNMR float64 }

// Curve gives the rates at 20 thresholds for each decade of FMR, from 1 down
// to that of a single pair.
func (c *Cross) Curve() []CurvePoint {
	var points []CurvePoint
	for i := 0; ; i++ {
		fmr := math.Pow(10, -float64(i)/20)
		if fmr*float64(c.NonMated) < 1-1e-6 {
			return points
		}
		t := c.Threshold(fmr)
		p := CurvePoint{Similarity: t, FMR: c.FMR(t), FNMR: c.FNMR(t)}
		if len(points) == 0 || p != points[len(points)-1] {
			points = append(points, p)
		}
	}
}

// WriteCurve writes the curve as CSV: similarity, fmr, fnmr.
func WriteCurve(w io.Writer, points []CurvePoint) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"similarity", "fmr", "fnmr"}}
	for _, p := range points {
		rows = append(rows, []string{number(p.Similarity), number(p.FMR), number(p.FNMR)})
	}
	return out.WriteAll(rows)
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

// above is the lowest threshold that a similarity does not reach.
func above(similarity float32) float64 {
	return float64(math.Nextafter32(similarity, math.MaxFloat32))
}

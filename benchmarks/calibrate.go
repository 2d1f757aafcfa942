package benchmarks

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"regexp"

	"oblik/matcher"
	"oblik/models"
)

// The numbers of a calibration.
const (
	knotStep     = 0.25  // of score between counted knots
	countedPairs = 30    // the table is counted up to where so many non-mated pairs score as high: 18 % standard error, if they were independent
	slopeDecade  = 10.0  // the empirical slope is that of the last decade of FMR, from 300 pairs to 30
	tailPairs    = 1000  // the tail is fitted to so many of the highest pairs,
	tailShare    = 1e-2  // or to this share of them if that is less
	tailStep     = 0.005 // of similarity between fitted knots
	fitSamples   = 200   // of the parametric bootstrap behind the fit's p value
	minNonMated  = 30_000
)

// Meaning is what a table made on LFW says of its scores.
const Meaning = "score = -10*log10(FMR) among unrelated people of the data set; people of one family or region are likelier to be confused"

// FitCalibration makes the table of a set's cross pairs. The provenance's
// counts are filled in; the rest of it is the caller's. A failed photograph has
// no score and takes no part.
func FitCalibration(ctx context.Context, c *Cross, p matcher.Provenance, r Resampling) (matcher.CalibrationTable, error) {
	if c.NonMated < minNonMated {
		return matcher.CalibrationTable{}, models.Errorf("calibrate", models.Invalid,
			"%d non-mated pairs, at least %d are needed", c.NonMated, minNonMated)
	}
	p.Images, p.People, p.Failures = len(c.set.Refs), len(c.set.People), len(c.set.Failures)
	p.MatedPairs, p.NonMatedPairs, p.LabelErrors = c.MatedPairs(), c.NonMated, c.set.LabelErrors()
	t := matcher.CalibrationTable{Version: 1, Meaning: Meaning, Provenance: p, Knots: c.countedKnots()}
	tail, err := c.fitTail(ctx, r)
	if err != nil {
		return matcher.CalibrationTable{}, err
	}
	tail.Slope = empiricalSlope(t.Knots)
	tail.Knots = tailKnots(tail, t.Knots[len(t.Knots)-1])
	tail.Slope = round(tail.Slope, 4)
	t.Tail = tail
	_, err = matcher.NewCalibration(t)
	return t, err
}

// countedKnots are the similarities that a share 10^(-score/10) of the
// non-mated pairs reaches, from score 0 to where 30 pairs are left.
func (c *Cross) countedKnots() []matcher.Knot {
	end := 10 * math.Log10(float64(c.NonMated)/countedPairs)
	knots := []matcher.Knot{{round(c.reached(float64(c.NonMated)), 6), 0}}
	for i := 1; ; i++ {
		score := min(float64(i)*knotStep, end)
		if end-score < knotStep/4 {
			score = end // no knot just before the last
		}
		k := matcher.Knot{round(c.reached(float64(c.NonMated)*math.Pow(10, -score/10)), 6), round(score, 4)}
		if k[0] > knots[len(knots)-1][0] {
			knots = append(knots, k)
		}
		if score == end {
			return knots
		}
	}
}

// reached is the similarity that n non-mated pairs reach; between two pairs,
// or two bins where the pairs are not kept, on the line between them.
func (c *Cross) reached(n float64) float64 {
	if k := int(math.Floor(n)); k < len(c.Top) && k >= 1 {
		a, b := float64(c.Top[k-1].Similarity), float64(c.Top[k].Similarity)
		return a + (n-float64(k))*(b-a)
	}
	i := 0
	for i+1 < bins && float64(c.above[i+1]) >= n {
		i++
	}
	part := 0.0 // of the bin that lies below
	if i+1 < bins && c.above[i] > c.above[i+1] {
		part = (float64(c.above[i]) - n) / float64(c.above[i]-c.above[i+1])
	}
	return (float64(i)+min(max(part, 0), 1))/binScale - 1
}

func round(x float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(x*p) / p
}

var knotLines = regexp.MustCompile(`\[\s+(-?[0-9.e-]+),\s+(-?[0-9.e-]+)\s+\]`)

// EncodeCalibration writes a table as [matcher.ParseCalibration] reads it, a
// knot a line.
func EncodeCalibration(t matcher.CalibrationTable) ([]byte, error) {
	data, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return nil, models.Errorf("calibrate", models.Internal, "%w", err)
	}
	data = knotLines.ReplaceAll(data, []byte("[$1, $2]"))
	return append(bytes.TrimSpace(data), '\n'), nil
}

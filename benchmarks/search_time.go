package benchmarks

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// SearchTime is the time of some searches at once, until all are answered.
type SearchTime struct {
	Queries      int     `json:"queries"` // at once
	Threads      int     `json:"threads"`
	Milliseconds Spread  `json:"milliseconds"`          // the medians of the rounds
	P99          float64 `json:"p99"`                   // ms, of all rounds together
	Count        int     `json:"count"`                 // of the times behind it
	OfBandwidth  *Spread `json:"ofBandwidth,omitempty"` // bytes read a second as a part of the memory's; of one search at once
}

// times collects what searches took, round by round.
type times struct {
	rounds [][]float64 // ms
}

func (t *times) begin()         { t.rounds = append(t.rounds, nil) }
func (t *times) add(ms float64) { t.rounds[len(t.rounds)-1] = append(t.rounds[len(t.rounds)-1], ms) }

// medians are those of the rounds.
func (t *times) medians() []float64 {
	out := make([]float64, len(t.rounds))
	for i, r := range t.rounds {
		out[i] = median(r)
	}
	return out
}

// quantile is that of all rounds together: the least value that the part q of
// them does not exceed.
func (t *times) quantile(q float64) float64 {
	return stat.Quantile(q, stat.Empirical, slices.Sorted(slices.Values(slices.Concat(t.rounds...))), nil)
}

// SearchSlope is how the time grows with the register.
type SearchSlope struct {
	Queries  int       `json:"queries"`
	Threads  int       `json:"threads"`
	Exponent float64   `json:"exponent"` // the time grows as the size to its power, least squares over the sizes; 1 is linear
	Steps    []float64 `json:"steps"`    // ns for each template more, from each size to the next; all alike is linear
}

// slopes of every way to search, from two sizes on.
func slopes(sizes []SearchSize) []SearchSlope {
	out := []SearchSlope{}
	if len(sizes) < 2 {
		return out
	}
	for way, t := range sizes[0].Times {
		one := SearchSlope{Queries: t.Queries, Threads: t.Threads}
		var x, y []float64
		before := sizes[0]
		for _, s := range sizes {
			ms := s.Times[way].Milliseconds.Median
			x, y = append(x, math.Log(float64(s.Templates))), append(y, math.Log(ms))
			if more := s.Templates - before.Templates; more > 0 {
				one.Steps = append(one.Steps, 1e6*(ms-before.Times[way].Milliseconds.Median)/float64(more))
			}
			before = s
		}
		_, one.Exponent = stat.LinearRegression(x, y, nil, false)
		out = append(out, one)
	}
	return out
}

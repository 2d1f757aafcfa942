package benchmarks

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"oblik/models"
)

// Intervals are found by resampling people, since the pairs of one person are
// not independent: as many people as there are, drawn with replacement, so
// that person p comes w[p] times. A mated pair of p then counts w[p] times, a
// pair of p and q w[p]*w[q] times (the vertex bootstrap of Snijders and
// Borgatti, 1999, without pairs of a person's own copies). For an FNMR at an
// FMR the threshold is found anew in each replicate, so that the interval
// holds the uncertainty of the threshold too.

// Interval is a range that holds the true value in 95 of 100 repetitions.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Resampling says how intervals are found.
type Resampling struct {
	Replicates int    // 1,000 is usual; 100 or more
	Seed       uint64 // replicate r uses the stream (Seed, r)
	Workers    int    // the number of CPUs if 0
	Report     ProgressFunc
}

// intervals resamples people and gives the interval of each value that
// measure returns; measure must be safe for concurrent use.
func (r Resampling) intervals(ctx context.Context, people int, measure func(w []int32) []float64) ([]Interval, error) {
	if r.Replicates < 100 || r.Replicates > 100_000 {
		return nil, models.Errorf("resample", models.Invalid, "%d replicates, 100 to 100,000 are accepted", r.Replicates)
	}
	workers := r.Workers
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	values := make([][]float64, r.Replicates)
	m := newMeter("resample", r.Replicates, r.Report)
	var next atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			w := make([]int32, people)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= r.Replicates {
					return
				}
				draw(w, rand.New(rand.NewPCG(r.Seed, uint64(i)))) //nolint:gosec // repeatable, no secret
				values[i] = measure(w)
				m.add(1)
			}
		})
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return percentiles(values)
}

// ones are the weights of the sample itself.
func ones(people int) []int32 {
	w := make([]int32, people)
	for i := range w {
		w[i] = 1
	}
	return w
}

// draw sets w to how often each person comes when as many are drawn.
func draw(w []int32, rng *rand.Rand) {
	clear(w)
	for range w {
		w[rng.IntN(len(w))]++
	}
}

// percentiles gives the 2.5th and 97.5th percentile of each column.
func percentiles(rows [][]float64) ([]Interval, error) {
	out := make([]Interval, len(rows[0]))
	column := make([]float64, len(rows))
	for c := range out {
		for i, row := range rows {
			if column[i] = row[c]; math.IsNaN(row[c]) {
				return nil, models.Errorf("resample", models.Invalid, "too few pairs for an interval")
			}
		}
		slices.Sort(column)
		last := float64(len(column) - 1)
		out[c] = Interval{column[int(math.Round(0.025*last))], column[int(math.Round(0.975*last))]}
	}
	return out, nil
}

package benchmarks

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"oblik/models"
)

// The pairs of different people are too many to keep: 29.6 million for 7,701
// photographs. They are counted in a histogram, and the highest, which every
// figure of interest comes from, are kept one by one.
const (
	bins     = 1 << 16 // of similarity -1..1: 3e-5 wide
	binScale = bins / 2.0
	topShare = 4 * 1e-2  // of the non-mated pairs: four times the largest FMR reported, so that a resampling finds it too
	topAll   = 1_000_000 // that few are all kept
	lost     = -2        // the similarity of a pair with a failed photograph: below all
)

// MatedScore is the similarity of two photographs of one person.
type MatedScore struct {
	Similarity float32
	Person     int32
}

// NonMatedScore is the similarity of photographs of two persons. B is -1 where
// A's photograph was searched in a gallery that holds others.
type NonMatedScore struct {
	Similarity float32
	A, B       int32
}

// Cross is the similarities of all pairs of a set's photographs.
type Cross struct {
	Mated    []MatedScore    // rising
	Top      []NonMatedScore // falling: the highest of the non-mated pairs
	NonMated int64           // all of them
	above    []int64         // by bin: the non-mated pairs in it and in higher ones
	set      *Set
}

// CrossPairs compares every photograph of the set with every other. It goes
// through the pairs twice: once to count them, once to keep the highest.
func CrossPairs(ctx context.Context, s *Set, workers int, report ProgressFunc) (*Cross, error) {
	c := &Cross{set: s, above: make([]int64, bins)}
	m := newMeter("compare", 2*len(s.Refs), report)
	if err := c.count(ctx, workers, m); err != nil {
		return nil, err
	}
	if c.NonMated < 2 || len(c.Mated) == 0 {
		return nil, models.Errorf("compare", models.Invalid, "too few pairs: %d mated, %d non-mated", len(c.Mated), c.NonMated)
	}
	if err := c.keepTop(ctx, workers, m); err != nil {
		return nil, err
	}
	for p, n := range s.lost() {
		for range n {
			c.Mated = append(c.Mated, MatedScore{lost, int32(p)})
		}
	}
	slices.SortFunc(c.Mated, func(a, b MatedScore) int {
		return cmp.Or(cmp.Compare(a.Similarity, b.Similarity), cmp.Compare(a.Person, b.Person))
	})
	return c, nil
}

// count fills the mated pairs and the histogram of the others.
func (c *Cross) count(ctx context.Context, workers int, m *meter) error {
	var mu sync.Mutex
	err := eachPair(ctx, c.set, workers, m, func() (pairFunc, func()) {
		hist := make([]int64, bins)
		var mated []MatedScore
		each := func(a, b int32, similarity float32) {
			if a == b {
				mated = append(mated, MatedScore{similarity, a})
			} else if c.set.counted(a, b) {
				hist[bin(similarity)]++
			}
		}
		return each, func() {
			mu.Lock()
			defer mu.Unlock()
			c.Mated = append(c.Mated, mated...)
			for i, n := range hist {
				c.above[i] += n
			}
		}
	})
	for i := bins - 2; i >= 0; i-- {
		c.above[i] += c.above[i+1]
	}
	c.NonMated = c.above[0]
	return err
}

// keepTop fills Top with the pairs of the bins that hold enough.
func (c *Cross) keepTop(ctx context.Context, workers int, m *meter) error {
	want := max(topAll, int64(math.Ceil(topShare*float64(c.NonMated))))
	lowest := 0
	for lowest+1 < bins && c.above[lowest+1] >= want {
		lowest++
	}
	c.Top = make([]NonMatedScore, 0, c.above[lowest])
	var mu sync.Mutex
	err := eachPair(ctx, c.set, workers, m, func() (pairFunc, func()) {
		var top []NonMatedScore
		each := func(a, b int32, similarity float32) {
			if a != b && bin(similarity) >= lowest && c.set.counted(a, b) {
				top = append(top, NonMatedScore{similarity, a, b})
			}
		}
		return each, func() {
			mu.Lock()
			defer mu.Unlock()
			c.Top = append(c.Top, top...)
		}
	})
	slices.SortFunc(c.Top, func(a, b NonMatedScore) int {
		return cmp.Or(cmp.Compare(b.Similarity, a.Similarity), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return err
}

// bin is the histogram's bin of a similarity; rounding may take a cosine a
// little beyond -1..1.
func bin(similarity float32) int {
	return min(max(int((float64(similarity)+1)*binScale), 0), bins-1)
}

package benchmarks

import (
	"cmp"
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"oblik/models"
)

// searches is the outcome of many searches, of one draw or several.
type searches struct {
	scores
	draws      int
	rank1      int64 // mated searches whose mate came first
	nonMatedOf []int64
	everyone   bool
}

// searchGalleries draws galleries of n people and searches in each.
//
// Mated searches: every other photograph of an enrolled person. Non-mated
// searches: every photograph of a person who is not enrolled. Where everyone who
// can be is enrolled, nobody is left for these; then every photograph is searched with
// its own person's reference left out (leave one out).
func searchGalleries(ctx context.Context, s *Set, n, draws int, r Resampling, m *meter) (*searches, error) {
	out := &searches{draws: draws, everyone: n >= s.enrollable(), nonMatedOf: make([]int64, len(s.People))}
	out.people = len(s.People)
	for d := range draws {
		rng := rand.New(rand.NewPCG(r.Seed, uint64(n)<<32|uint64(d))) //nolint:gosec // repeatable, no secret
		g := drawGallery(s, n, rng)
		if err := out.search(ctx, s, g, r.Workers, m); err != nil {
			return nil, err
		}
	}
	if len(out.mated) == 0 || len(out.nonMated) == 0 {
		return nil, models.Errorf("identify", models.Invalid, "too few photographs for a gallery of %d people", n)
	}
	slices.SortFunc(out.mated, func(a, b MatedScore) int {
		return cmp.Or(cmp.Compare(a.Similarity, b.Similarity), cmp.Compare(a.Person, b.Person))
	})
	slices.SortFunc(out.nonMated, func(a, b NonMatedScore) int {
		return cmp.Or(cmp.Compare(b.Similarity, a.Similarity), cmp.Compare(a.A, b.A))
	})
	out.total = func(w []int32) float64 {
		var sum float64
		for p, n := range out.nonMatedOf {
			sum += float64(n) * float64(w[p])
		}
		return sum
	}
	return out, nil
}

// search runs all searches in one gallery.
func (o *searches) search(ctx context.Context, s *Set, g gallery, workers int, m *meter) error {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var mu sync.Mutex
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			const block = 64
			for ctx.Err() == nil {
				first := int(next.Add(block)) - block
				if first >= len(s.Refs) {
					return
				}
				last := min(first+block, len(s.Refs))
				for i := first; i < last; i++ {
					best := s.bestOther(g, i)
					mu.Lock()
					o.add(s, g, i, best)
					mu.Unlock()
				}
				m.add(last - first)
			}
		})
	}
	group.Wait()
	for _, f := range s.Failures { // a failed probe is a mated search without an answer
		if p, _ := slices.BinarySearch(s.People, f.Ref.Person); g.reference[p] >= 0 {
			o.mated = append(o.mated, MatedScore{lost, int32(p)}) //nolint:gosec // <= maxImages
		}
	}
	return ctx.Err()
}

// add counts the search of photograph i.
func (o *searches) add(s *Set, g gallery, i int, best float32) {
	p := s.Person[i]
	mate := int(g.reference[p])
	if mate < 0 || o.everyone {
		o.nonMated = append(o.nonMated, NonMatedScore{best, p, -1})
		o.nonMatedOf[p]++
	}
	if mate >= 0 && mate != i {
		similarity := cosine(s.Vector(i), s.Vector(mate))
		o.mated = append(o.mated, MatedScore{similarity, p})
		if similarity > best {
			o.rank1++
		}
	}
}

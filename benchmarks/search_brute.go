package benchmarks

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/blas/gonum"

	"oblik/matcher"
	"oblik/models"
)

// found is a row and its similarity.
type found struct {
	similarity float64
	row        int
}

// similarity is that of the probe and the stored vector of one person.
func (g register) similarity(probe models.Template, row int) (float64, error) {
	if row >= g.people {
		return 0, models.Errorf("bench", models.Internal, "a person who is not in the register")
	}
	p, err := wide(probe)
	if err != nil {
		return 0, err
	}
	stored, err := g.stored(row, make([]float32, g.vectors.Dim()))
	if err != nil {
		return 0, err
	}
	return inner(p, stored[0]), nil
}

// stored are vectors as a comparison reads them: through a template, in
// float64.
func (g register) stored(first int, rows []float32) ([][]float64, error) {
	if err := g.vectors.Read(first, rows); err != nil {
		return nil, err
	}
	dim := g.vectors.Dim()
	out := make([][]float64, len(rows)/dim)
	for i := range out {
		t, err := matcher.Encode(g.format.Weights, rows[i*dim:(i+1)*dim])
		if err != nil {
			return nil, err
		}
		if out[i], err = wide(t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func wide(t models.Template) ([]float64, error) {
	v, err := matcher.Vector(t)
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out, err
}

func inner(a, b []float64) float64 {
	return min(1, max(-1, gonum.Implementation{}.Ddot(len(a), a, 1, b, 1)))
}

// bruteForce gives the best of everyone for each probe, best first.
func (g register) bruteForce(ctx context.Context, probes []models.Template, m *meter) ([][]found, error) {
	const block = 64
	wanted := make([][]float64, len(probes))
	for i, p := range probes {
		var err error
		if wanted[i], err = wide(p); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	best, mu, next := make([][]found, len(probes)), sync.Mutex{}, atomic.Int64{}
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			own, rows := make([][]found, len(probes)), make([]float32, block*g.vectors.Dim())
			for ctx.Err() == nil {
				first := int(next.Add(block)) - block
				if first >= g.people {
					break
				}
				n := min(block, g.people-first)
				stored, err := g.stored(first, rows[:n*g.vectors.Dim()])
				if err != nil {
					cancel(err)
					return
				}
				for i, p := range wanted {
					for j, s := range stored {
						own[i] = keep(own[i], found{inner(p, s), first + j})
					}
				}
				m.add(n)
			}
			mu.Lock()
			defer mu.Unlock()
			for i := range own {
				for _, f := range own[i] {
					best[i] = keep(best[i], f)
				}
			}
		})
	}
	group.Wait()
	return best, context.Cause(ctx)
}

// keep puts f into a list of the best, best first, ties by person id.
func keep(best []found, f found) []found {
	if len(best) == candidates && f.similarity < best[candidates-1].similarity {
		return best
	}
	at, _ := slices.BinarySearchFunc(best, f, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.similarity, a.similarity), cmp.Compare(keyOf(a.row).Person, keyOf(b.row).Person))
	})
	best = slices.Insert(best, at, f)
	return best[:min(len(best), candidates)]
}

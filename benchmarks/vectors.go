package benchmarks

import (
	"context"
	"math"
	"math/rand/v2"

	"oblik/models"
)

// Vectors are the rows of a register that a search is measured on. They are
// read when they are needed, so that a measurement holds no others than the
// index does. They are safe for concurrent use.
type Vectors interface {
	Len() int
	Dim() int
	// Read fills rows, some whole vectors, with those from number first on.
	Read(first int, rows []float32) error
}

// Drawn vectors are made of the seed and their number: unit vectors, all
// directions alike likely, which is how unrelated people lie. If there are real
// ones, every tenth is one of these with noise: so they gather in some places,
// as the templates of people who look alike do.
type Drawn struct {
	Count     int
	Dimension int
	Seed      uint64
	Real      [][]float32 // unit vectors; none if nil
}

// Every tenth vector is a real one, with noise of half its length in a random
// direction: the cosine of the two is 0.89, that of two made of the same 0.8.
const (
	realEvery = 10
	noise     = 0.5
)

// Len implements [Vectors].
func (d Drawn) Len() int { return d.Count }

// Dim implements [Vectors].
func (d Drawn) Dim() int { return d.Dimension }

// Read implements [Vectors].
func (d Drawn) Read(first int, rows []float32) error {
	var source rand.PCG
	random := rand.New(&source) //nolint:gosec // repeatable, no secret
	for i := range len(rows) / d.Dimension {
		number := first + i
		source.Seed(d.Seed, uint64(number)) //nolint:gosec // not negative
		row := rows[i*d.Dimension : (i+1)*d.Dimension]
		if len(d.Real) > 0 && number%realEvery == 0 {
			perturb(row, d.Real[number/realEvery%len(d.Real)], random)
			continue
		}
		perturb(row, nil, random)
	}
	return nil
}

// perturb makes row a unit vector near another, or any if that is nil.
func perturb(row, near []float32, random *rand.Rand) {
	scale, sum := noise/math.Sqrt(float64(len(row))), 0.0
	for i := range row {
		x := scale * random.NormFloat64()
		if near != nil {
			x += float64(near[i])
		}
		row[i] = float32(x)
		sum += x * x
	}
	length := math.Sqrt(sum)
	for i := range row {
		row[i] = float32(float64(row[i]) / length)
	}
}

// ProbesOf are vectors to search for: every other one is mated, a vector of the
// register with noise, the rest are of nobody in it.
func ProbesOf(v Vectors, count int, seed uint64) ([][]float32, error) {
	random := rand.New(rand.NewPCG(seed, math.MaxUint64)) //nolint:gosec // repeatable, no secret
	probes := make([][]float32, count)
	near := make([]float32, v.Dim())
	for i := range probes {
		probes[i] = make([]float32, v.Dim())
		if i%2 == 1 {
			perturb(probes[i], nil, random)
			continue
		}
		if err := v.Read(random.IntN(v.Len()), near); err != nil {
			return nil, err
		}
		perturb(probes[i], near, random)
	}
	return probes, nil
}

// Rows are vectors in memory, at least one, all of one dimension.
type Rows [][]float32

// Len implements [Vectors].
func (r Rows) Len() int { return len(r) }

// Dim implements [Vectors].
func (r Rows) Dim() int { return len(r[0]) }

// Read implements [Vectors].
func (r Rows) Read(first int, rows []float32) error {
	for i := range len(rows) / r.Dim() {
		copy(rows[i*r.Dim():], r[first+i])
	}
	return nil
}

// RealVectors are those of the photographs that o names, in their order.
func RealVectors(ctx context.Context, o Options) ([][]float32, error) {
	set, _, err := o.extract(ctx)
	if err != nil {
		return nil, err
	}
	vectors := make([][]float32, len(set.Refs))
	for i := range vectors {
		vectors[i] = set.Vector(i)
	}
	if len(vectors) == 0 {
		return nil, models.Errorf("bench", models.Invalid, "no photograph gave a template")
	}
	return vectors, nil
}

package indextest

import (
	"math/rand/v2"

	"oblik/matcher"
	"oblik/models"
)

// Unit is a random direction.
func Unit(r *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	v[0] += 1e-3
	return v
}

// Near is a vector that leans away from v by noise of so much a component.
func Near(r *rand.Rand, v []float32, noise float64) []float32 {
	out := make([]float32, len(v))
	for i := range v {
		out[i] = v[i] + float32(r.NormFloat64()*noise)
	}
	return out
}

func encode(weights string, v []float32) models.Template {
	t, err := matcher.Encode(weights, v)
	if err != nil {
		panic(err)
	}
	return t
}

// damagedTemplate has a flipped bit.
func damagedTemplate(dim int) models.Template {
	x := encode("suite", append([]float32{1}, make([]float32, dim-1)...))
	x.Data[len(x.Data)-5] ^= 4
	return x
}

func decode(t models.Template) []float32 {
	v, err := matcher.Vector(t)
	if err != nil {
		panic(err)
	}
	return v
}

package indextest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"oblik/matcher"
	"oblik/models"
)

// bruteForce is made once for all indexes that are held against it.
var bruteForce = sync.OnceValue(func() *brute { return newBrute(50_000, bruteLooks, 128) })

// brute compares probes with every template, in float64; each is a person.
type brute struct {
	scale   *matcher.Calibration
	dim     int
	vectors []float32
	entries []models.Entry
	looks   []look
}

// look is a search and its answer.
type look struct {
	probe   models.Template
	options models.SearchOptions
	want    []models.Candidate
}

func newBrute(rows, looks, dim int) *brute {
	r := rand.New(rand.NewPCG(4, 5)) //nolint:gosec // a test's dice
	b := &brute{scale: straight(), dim: dim}
	for i := range rows {
		v := Unit(r, dim)
		if i > 0 && i%10 == 0 { // a tenth are near another one
			v = Near(r, b.vector(r.IntN(i)), 0.03)
		}
		e := one(fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i), "1", encode("suite", v))
		b.entries = append(b.entries, e)
		b.vectors = append(b.vectors, decode(e.Templates[0])...)
	}
	for i := range looks {
		v := Unit(r, dim)
		if i%2 == 0 {
			v = Near(r, b.vector(r.IntN(rows)), 0.05)
		}
		l := look{probe: encode("suite", v), options: models.SearchOptions{Gallery: models.AllGalleries, Max: 10, Threshold: float64(i % 40)}}
		l.want = b.search(decode(l.probe), l.options)
		b.looks = append(b.looks, l)
	}
	return b
}

func (b *brute) vector(i int) []float32 { return b.vectors[i*b.dim : (i+1)*b.dim] }

func (b *brute) search(probe []float32, o models.SearchOptions) []models.Candidate {
	var list []models.Candidate
	least := -2.0 // the similarity of the last of the list
	for i, e := range b.entries {
		s := matcher.Dot(probe, b.vector(i))
		if s < least {
			continue
		}
		score := b.scale.Score(s).Less(len(b.entries))
		if score.Value < o.Threshold {
			continue
		}
		list = append(list, models.Candidate{Person: e.Key.Person, Encounter: e.Key.Encounter, Score: score})
		if len(list) == 4*o.Max {
			slices.SortFunc(list, matcher.ByRank)
			list = list[:o.Max]
			least = list[o.Max-1].Score.Similarity
		}
	}
	slices.SortFunc(list, matcher.ByRank)
	return list[:min(len(list), o.Max)]
}

package benchmarks

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"sync"
)

// EnginesOptions are what two engines are compared with. The embedded Factory
// is that of the first; its extractors are to tell SameCrop of each crop what
// the second makes of it.
type EnginesOptions struct {
	Options
	Second   Factory
	SameCrop *Cosines
}

// Cosines collects cosines between two engines' vectors, -1..1. It is safe for
// concurrent use.
type Cosines struct {
	mu     sync.Mutex
	values []float64
}

// Add computes the cosine of two vectors of one length.
func (c *Cosines) Add(a, b []float32) {
	v := cosineOf(a, b)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values = append(c.values, v)
}

// cosineOf gives the cosine of the angle between vectors of any length above 0.
func cosineOf(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

// Likeness is how cosines lie, from the worst on.
type Likeness struct {
	Count      int     `json:"count"`
	Least      float64 `json:"least"`
	Percentile float64 `json:"percentile1"` // one in a hundred is below
	Median     float64 `json:"median"`
}

func (c *Cosines) likeness() (s Likeness) {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.Sort(c.values)
	if s.Count = len(c.values); s.Count > 0 {
		s.Least, s.Percentile, s.Median = c.values[0], c.values[s.Count/100], c.values[s.Count/2]
	}
	return s
}

// EngineFigures are one engine's. They tell nothing of speed: the first also
// runs the second's recogniser.
type EngineFigures struct {
	Engine   string   `json:"engine"`
	Failures Failures `json:"failures"`
	Figures
}

// EnginesReport is what [Engines] measures: how alike two engines' vectors are
// and whether their error rates differ.
type EnginesReport struct {
	Setup
	Engines  [2]EngineFigures `json:"engines"`
	SameCrop Likeness         `json:"sameCrop"` // one crop, two engines
	EndToEnd Likeness         `json:"endToEnd"` // one photograph, two engines
}

// Engines runs two engines over the same photographs and pairs.
func Engines(ctx context.Context, o EnginesOptions) (r EnginesReport, err error) {
	pairs, err := ReadPairs(o.Pairs)
	if err != nil {
		return r, err
	}
	var sets [2]*Set
	for i, f := range []Factory{o.Factory, o.Second} {
		one := o.Options
		one.Factory, one.Stages = f, nil
		set, setup, err := one.extract(ctx)
		if err != nil {
			return r, err
		}
		e := &r.Engines[i]
		e.Engine, e.Failures = setup.Engine, setup.Failures
		if _, err := one.figures(ctx, set, pairs, &e.Figures); err != nil {
			return r, err
		}
		setup.Engine, setup.Failures, setup.Speed = "", Failures{}, Speed{TemplateBytes: setup.Speed.TemplateBytes}
		r.Setup, sets[i] = setup, set
	}
	r.SameCrop, r.EndToEnd = o.SameCrop.likeness(), endToEnd(sets[0], sets[1])
	if r.EndToEnd.Count == 0 {
		return r, errors.New("engines: no photograph was extracted by both")
	}
	return r, nil
}

// endToEnd compares the vectors of the photographs that both sets have.
func endToEnd(a, b *Set) Likeness {
	var c Cosines
	for i, ref := range a.Refs {
		if k, ok := slices.BinarySearchFunc(b.Refs, ref, compareRefs); ok {
			c.Add(a.Vector(i), b.Vector(k))
		}
	}
	return c.likeness()
}

// WriteText writes the report in plain words.
func (r EnginesReport) WriteText(w io.Writer) error {
	t := newTable(w)
	r.head(t)
	a, b := r.Engines[0], r.Engines[1]
	t.row("\t")
	t.row("\t%s\t%s\tdifference", a.Engine, b.Engine)
	t.row("failures to extract\t%s\t%s", a.Failures, b.Failures)
	t.row("accuracy, %d folds\t%s\t%s\t%+.4f", len(a.List.Folds), a.List, b.List, b.Accuracy-a.Accuracy)
	for _, fmr := range slices.Backward(FMRs) {
		k := rateKey(fmr)
		t.row("FNMR at FMR %s\t%s\t%s\t%+.3f points", k, a.FNMR[k], b.FNMR[k], 100*(b.FNMR[k].Value-a.FNMR[k].Value))
	}
	t.row("\t")
	t.row("cosine between them\tleast\t1st percentile\tmedian")
	for _, c := range []struct {
		what string
		s    Likeness
	}{{"of one crop", r.SameCrop}, {"of one photograph", r.EndToEnd}} {
		t.row("%s, %d\t%.5f\t%.5f\t%.5f", c.what, c.s.Count, c.s.Least, c.s.Percentile, c.s.Median)
	}
	return t.end()
}

package main

import (
	"oblik/benchmarks"
	"oblik/matcher"
	"oblik/models"
)

// benchEnginesCmd compares the engines: the same vectors, the same errors?
type benchEnginesCmd struct {
	benchFlags
	Pairs string `help:"List of pairs with its folds, LFW's pairs.txt." required:"" type:"path"`
}

// witness shows every crop that is embedded to a second recogniser, too.
type witness struct {
	matcher.Embedder
	second  matcher.Embedder
	cosines *benchmarks.Cosines
}

// Embed implements [matcher.Embedder].
func (w witness) Embed(crop []byte) ([]float32, error) {
	a, err := w.Embedder.Embed(crop)
	if err != nil {
		return nil, err
	}
	b, err := w.second.Embed(crop)
	if err != nil {
		return nil, err
	}
	w.cosines.Add(a, b)
	return a, nil
}

// Run implements the subcommand.
func (c benchEnginesCmd) Run(p *program) error {
	if c.Engine != engineAuto {
		return models.Errorf("bench", models.Invalid, "--engine %s: bench engines compares all of them", c.Engine)
	}
	o, err := c.options(p)
	if err != nil {
		return err
	}
	o.Pairs = c.Pairs
	params, err := c.params()
	if err != nil {
		return err
	}
	first, second := c.networkFlags, c.networkFlags
	first.Engine, second.Engine = engineOpenCV, engineOpenVINO
	cosines := &benchmarks.Cosines{}
	o.Factory = func() (matcher.Extractor, func(), error) {
		a, err := first.stages(params)
		if err != nil {
			return nil, nil, err
		}
		b, err := second.stages(params)
		if err != nil {
			a.Close()
			return nil, nil, err
		}
		a.Embedder = witness{a.Embedder, b.Embedder, cosines}
		x := matcher.NewLocal(matcher.NewPipeline(a, params, nil))
		return x, func() { x.Close(); b.Close() }, nil
	}
	r, err := benchmarks.Engines(p.ctx, benchmarks.EnginesOptions{Options: o, SameCrop: cosines,
		Second: func() (matcher.Extractor, func(), error) {
			s, err := second.stages(params)
			if err != nil {
				return nil, nil, err
			}
			x := matcher.NewLocal(matcher.NewPipeline(s, params, nil))
			return x, x.Close, nil
		}})
	if err != nil {
		return err
	}
	return report(p, c.JSON, r)
}

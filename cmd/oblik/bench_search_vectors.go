package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"oblik/benchmarks"
)

// vectors finds or draws the vectors and the probes; the result closes their
// file.
func (c benchSearchCmd) vectors(p *program, parts *benchmarks.SearchParts, s *benchmarks.SearchSetup) (io.Closer, error) {
	if c.Vectors != "" {
		return c.files(parts, s)
	}
	drawn := benchmarks.Drawn{Count: slices.Max(c.Templates), Dimension: parts.Format.Dimension, Seed: c.Seed}
	s.Source = "random unit vectors, without any of photographs"
	if c.Photos != "" {
		var err error
		if drawn.Real, err = c.real(p); err != nil {
			return nil, err
		}
		s.Source = fmt.Sprintf("random unit vectors; every tenth is one of %d photographs' with noise", len(drawn.Real))
	}
	parts.Vectors = drawn
	var err error
	if parts.Probes, err = benchmarks.ProbesOf(drawn, c.Searches, c.Seed); err != nil {
		return nil, err
	}
	parts.Checks, err = benchmarks.ProbesOf(drawn, c.Check, c.Seed+1)
	return io.NopCloser(nil), err
}

// real are the vectors of the photographs.
func (c benchSearchCmd) real(p *program) ([][]float32, error) {
	o, err := benchFlags{engineFlags: c.engineFlags, Images: c.Photos}.options(p)
	if err != nil {
		return nil, err
	}
	return benchmarks.RealVectors(p.ctx, o)
}

// files opens --vectors and reads --probes.
func (c benchSearchCmd) files(parts *benchmarks.SearchParts, s *benchmarks.SearchSetup) (io.Closer, error) {
	probes, file, err := openNpy(c.Probes)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // read only
	for i := range min(probes.Len(), max(c.Searches, c.Check)) {
		row := make([]float32, probes.Dim())
		if err := probes.Read(i, row); err != nil {
			return nil, err
		}
		if i < c.Searches {
			parts.Probes = append(parts.Probes, row)
		}
		if i < c.Check {
			parts.Checks = append(parts.Checks, row)
		}
	}
	vectors, file, err := openNpy(c.Vectors)
	if err != nil {
		return nil, err
	}
	parts.Vectors, s.Source = vectors, "of a file"
	return file, nil
}

func openNpy(name string) (*benchmarks.Npy, *os.File, error) {
	file, err := os.Open(name) //nolint:gosec // the user names it
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil {
		var n *benchmarks.Npy
		if n, err = benchmarks.OpenNpy(file, info.Size()); err == nil {
			return n, file, nil
		}
	}
	_ = file.Close()
	return nil, nil, err
}

// export writes what would be searched, for other programs.
func (c benchSearchCmd) export(parts benchmarks.SearchParts) error {
	if err := os.MkdirAll(c.Export, 0o750); err != nil {
		return err
	}
	for name, v := range map[string]benchmarks.Vectors{"vectors.npy": parts.Vectors, "probes.npy": benchmarks.Rows(parts.Probes)} {
		if err := writeFile(filepath.Join(c.Export, name), func(w io.Writer) error { return benchmarks.WriteNpy(w, v) }); err != nil {
			return err
		}
	}
	return nil
}

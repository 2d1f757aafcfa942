package benchmarks

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"oblik/matcher"
	"oblik/models"
)

// A brute force over a larger register takes too long: over this one, 1,000
// probes are 15 s on two cores.
const checkedAtMost = 1_000_000

// tie is how near two similarities are whose order means nothing.
const tie = 1e-6

// SearchCheck is how the answers of one kernel differ from a brute force's,
// which compares every probe with every stored vector in float64.
type SearchCheck struct {
	Kernel     string  `json:"kernel"`
	Templates  int     `json:"templates"`
	Searches   int     `json:"searches"`
	Candidates int     `json:"candidates"` // of all answers
	Same       int     `json:"same"`       // the very person at the very place
	Ties       int     `json:"ties"`       // another, within 1e-6 of the one at the place
	Wrong      int     `json:"wrong"`      // of another person, similarity or score, or missing
	Difference float64 `json:"difference"` // of similarities, the largest
}

// check searches a register of n with every kernel.
func (r *searching) check(ctx context.Context, n int) ([]SearchCheck, error) {
	checks := []SearchCheck{}
	if len(r.Checks) == 0 {
		return checks, nil
	}
	probes, err := encodeAll(r.Format, r.Checks)
	if err != nil {
		return nil, err
	}
	g := register{vectors: r.Vectors, format: r.Format, people: n}
	want, err := g.bruteForce(ctx, probes, newMeter("brute force", n, r.Progress))
	if err != nil {
		return nil, err
	}
	r.SetThreads(runtime.NumCPU())
	for _, kernel := range r.Kernels {
		c := SearchCheck{Kernel: kernel, Templates: n, Searches: len(probes)}
		if err := r.checkKernel(ctx, g, probes, want, &c); err != nil {
			return nil, err
		}
		checks = append(checks, c)
	}
	return checks, nil
}

func (r *searching) checkKernel(ctx context.Context, g register, probes []models.Template, want [][]found, c *SearchCheck) error {
	index, err := r.filled(ctx, g, c.Kernel)
	if err != nil {
		return err
	}
	defer index.Reset()
	m := newMeter("check", len(probes), r.Progress)
	for i, p := range probes {
		got, err := index.Search(ctx, p, models.SearchOptions{Gallery: models.AllGalleries, Max: candidates})
		if err != nil {
			return err
		}
		if err := g.compare(p, got, want[i], r.Calibration, c); err != nil {
			return err
		}
		m.add(1)
	}
	return nil
}

// compare counts how an answer differs.
func (g register) compare(probe models.Template, got []models.Candidate, want []found, scale *matcher.Calibration, c *SearchCheck) error {
	c.Candidates += len(want)
	c.Wrong += max(len(got), len(want)) - min(len(got), len(want))
	seen := map[int]bool{}
	for i, candidate := range got[:min(len(got), len(want))] {
		row, err := numberOf(candidate.Person)
		if err != nil {
			return err
		}
		exact, err := g.similarity(probe, row)
		if err != nil {
			return err
		}
		difference := max(math.Abs(exact-candidate.Score.Similarity), math.Abs(want[i].similarity-candidate.Score.Similarity))
		c.Difference = max(c.Difference, difference)
		switch {
		case difference > tie || seen[row] || candidate.Score != scale.Score(candidate.Score.Similarity).Less(g.people):
			c.Wrong++
		case row != want[i].row:
			c.Ties++
		default:
			c.Same++
		}
		seen[row] = true
	}
	return nil
}

// String says what was found: "1000 searches, 10000 candidates: ...".
func (c SearchCheck) String() string {
	return fmt.Sprintf("%d searches of %d, %d candidates: %d the same, %d in another order within 1e-6, %d wrong; similarities differ by %.1e at most",
		c.Searches, c.Templates, c.Candidates, c.Same, c.Ties, c.Wrong, c.Difference)
}

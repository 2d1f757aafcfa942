package benchmarks

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"oblik/matcher"
	"oblik/models"
)

// Turn is what [SearchTurns] writes of a round.
type Turn struct {
	Queries  int     `json:"queries"` // at once
	Threads  int     `json:"threads"`
	Searches int     `json:"searches"`
	Seconds  float64 `json:"seconds"`  // the whole round
	PerQuery float64 `json:"perQuery"` // seconds
	PerBatch float64 `json:"perBatch"` // seconds until those at once are answered, median
}

// Ready is the first line that [SearchTurns] writes.
type Ready struct {
	Machine      Machine `json:"machine"`
	Tool         string  `json:"tool"`
	Kernel       string  `json:"kernel"`
	Templates    int     `json:"templates"`
	Dimension    int     `json:"dimension"`
	BuildSeconds float64 `json:"buildSeconds"`
	Resident     int64   `json:"resident"` // bytes, the whole process
}

// Best are the people found for each probe, by the numbers of their vectors,
// and the similarities.
type Best struct {
	Rows         [][]int     `json:"rows"`
	Similarities [][]float64 `json:"similarities"`
}

// SearchTurns lets another program say when to search, so that both are
// measured on the same machine in turns. It fills an index, says so, and then
// answers each line with one of JSON: "QUERIES THREADS" searches for all
// probes, so many at once, and gives the time ([Turn]); "best" gives the
// answers ([Best]). Every vector is a person of its own.
func SearchTurns(ctx context.Context, p SearchParts, s SearchSetup, in io.Reader, out io.Writer) error {
	s.Templates, s.Gallery = []int{p.Vectors.Len()}, 0
	if err := p.validate(s); err != nil {
		return err
	}
	r := &searching{SearchParts: p, SearchSetup: s}
	var err error
	if r.probes, err = encodeAll(p.Format, p.Probes); err != nil {
		return err
	}
	start := time.Now()
	index, err := r.filled(ctx, register{vectors: p.Vectors, format: p.Format, people: p.Vectors.Len()}, "")
	if err != nil {
		return err
	}
	write := json.NewEncoder(out)
	ready := Ready{Machine: s.Machine, Tool: s.Tool, Kernel: s.Kernel, Templates: p.Vectors.Len(), Dimension: p.Vectors.Dim(),
		BuildSeconds: time.Since(start).Seconds(), Resident: residentNow()}
	if err := write.Encode(ready); err != nil {
		return models.Errorf("bench", models.Internal, "%w", err)
	}
	for lines := bufio.NewScanner(in); ctx.Err() == nil && lines.Scan(); {
		answer, err := r.answer(ctx, index, lines.Text())
		if err != nil {
			return err
		}
		if err := write.Encode(answer); err != nil {
			return models.Errorf("bench", models.Internal, "%w", err)
		}
	}
	return nil
}

// answer does what a line asks for.
func (r *searching) answer(ctx context.Context, index matcher.Index, line string) (any, error) {
	if line == "best" {
		return r.best(ctx, index)
	}
	w := way{index: index, gallery: models.AllGalleries}
	if _, err := fmt.Sscanf(line, "%d %d", &w.queries, &w.threads); err != nil ||
		w.queries < 1 || w.queries > len(r.probes) || w.threads < 1 || w.threads > 1024 {
		return nil, models.Errorf("bench", models.Invalid, "a line is best, or the number of searches at once, 1..%d, and of threads, 1..1024", len(r.probes))
	}
	start := time.Now()
	if err := r.turn(ctx, &w, nil); err != nil {
		return nil, err
	}
	t := Turn{Queries: w.queries, Threads: w.threads, Searches: len(r.probes) / w.queries * w.queries,
		Seconds: time.Since(start).Seconds(), PerBatch: w.times.medians()[0] / 1e3}
	t.PerQuery = t.Seconds / float64(t.Searches)
	return t, nil
}

func (r *searching) best(ctx context.Context, index matcher.Index) (Best, error) {
	var b Best
	for _, p := range r.probes {
		got, err := index.Search(ctx, p, models.SearchOptions{Gallery: models.AllGalleries, Max: candidates})
		if err != nil {
			return b, err
		}
		rows, similarities := make([]int, len(got)), make([]float64, len(got))
		for i, c := range got {
			if rows[i], err = numberOf(c.Person); err != nil {
				return b, err
			}
			similarities[i] = c.Score.Similarity
		}
		b.Rows, b.Similarities = append(b.Rows, rows), append(b.Similarities, similarities)
	}
	return b, nil
}

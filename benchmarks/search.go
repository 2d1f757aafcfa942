package benchmarks

import (
	"context"
	"math/rand/v2"
	"slices"

	"oblik/matcher"
	"oblik/models"
)

// SearchParts are what a measurement of searches works with.
type SearchParts struct {
	// Open makes an empty index of one of the kernels; "" is the one that the
	// service would take.
	Open    func(kernel string) (matcher.Index, error)
	Kernels []string // those this machine has
	// SetThreads says how many threads a search may use from now on, 1 or more.
	SetThreads func(int)
	// ReadAll reads every byte as fast as the machine can; nil leaves the
	// comparison with the memory's bandwidth out.
	ReadAll func([]byte) uint64
	// RowBytes is what a search reads of each template.
	RowBytes    int
	Format      models.Format
	Calibration *matcher.Calibration
	Vectors     Vectors     // as many as the largest register at least
	Probes      [][]float32 // what is searched for
	Checks      [][]float32 // what is searched for and compared with a brute force
	Progress    ProgressFunc
}

// SearchSetup is what a report of searches was measured with.
type SearchSetup struct {
	Machine   Machine `json:"machine"`
	Tool      string  `json:"tool"`
	Kernel    string  `json:"kernel"`  // of the inner loop
	Source    string  `json:"vectors"` // what they are, in words
	Templates []int   `json:"templates"`
	Queries   []int   `json:"queries"` // searches at once
	Threads   []int   `json:"threads"`
	Gallery   int     `json:"gallery"` // people of the small gallery; 0 leaves it out
	Changes   int     `json:"changes"` // a second during churn; 0 leaves it out
	Seconds   float64 `json:"seconds"` // of a turn of churn
	Rounds    int     `json:"rounds"`
	Seed      uint64  `json:"seed"`
	Probes    int     `json:"probes"` // a round
}

// SearchReport is what [Search] finds.
type SearchReport struct {
	SearchSetup
	Sizes  []SearchSize  `json:"sizes"`
	Slopes []SearchSlope `json:"slopes"`
	Checks []SearchCheck `json:"checks"`
}

// SearchSize is what a register of one size costs.
type SearchSize struct {
	Templates    int           `json:"templates"`
	BuildSeconds float64       `json:"buildSeconds"` // templates made of vectors included
	Before       int64         `json:"residentBefore"`
	Resident     int64         `json:"resident"`      // bytes, the whole process
	Files        int64         `json:"residentFiles"` // how much of it is the files of the program and its libraries
	PerTemplate  float64       `json:"perTemplate"`   // bytes more than before
	ReadPerNs    []Bandwidth   `json:"readPerNs"`     // the memory's
	Times        []SearchTime  `json:"times"`         // of searches of everyone
	Small        []SearchTime  `json:"small"`         // of the small gallery, in the big register
	SmallAlone   []SearchTime  `json:"smallAlone"`    // of a register that holds nobody else
	Churn        []SearchChurn `json:"churn"`
}

// Bandwidth is how fast as many bytes are read as a search reads.
type Bandwidth struct {
	Threads int    `json:"threads"`
	Bytes   int    `json:"bytes"`
	PerNs   Spread `json:"perNs"` // bytes a nanosecond, which is GB/s
}

// Validate reports a number out of its bounds.
func (s SearchSetup) Validate() error {
	for _, b := range []struct {
		what        string
		values      []int
		least, most int
	}{
		{"templates", s.Templates, 1, maxVectors}, {"searches at once", s.Queries, 1, 64}, {"threads", s.Threads, 1, 1024},
		{"people of the small gallery", []int{s.Gallery}, 0, maxVectors}, {"changes a second", []int{s.Changes}, 0, 100_000},
		{"rounds", []int{s.Rounds}, 1, 1000},
	} {
		if len(b.values) < 1 || len(b.values) > 16 {
			return models.Errorf("bench", models.Invalid, "%d numbers of %s are not within 1..16", len(b.values), b.what)
		}
		if least, most := slices.Min(b.values), slices.Max(b.values); least < b.least || most > b.most {
			return models.Errorf("bench", models.Invalid, "%s: %v is not within %d..%d", b.what, b.values, b.least, b.most)
		}
	}
	if !(s.Seconds >= 0.01 && s.Seconds <= 60) {
		return models.Errorf("bench", models.Invalid, "%g seconds a turn are not within 0.01..60", s.Seconds)
	}
	return nil
}

// Search measures searches in registers of each size, the smallest first, and
// compares the answers with a brute force's.
func Search(ctx context.Context, p SearchParts, s SearchSetup) (SearchReport, error) {
	s.Probes = len(p.Probes)
	s.Templates = slices.Compact(slices.Sorted(slices.Values(s.Templates)))
	if err := p.validate(s); err != nil {
		return SearchReport{}, err
	}
	r := &searching{SearchParts: p, SearchSetup: s, order: rand.New(rand.NewPCG(s.Seed, 0))} //nolint:gosec // repeatable, no secret
	var err error
	if r.probes, err = encodeAll(p.Format, p.Probes); err != nil {
		return SearchReport{}, err
	}
	out := SearchReport{SearchSetup: s, Sizes: []SearchSize{}}
	for _, n := range s.Templates {
		size, err := r.size(ctx, n)
		if err != nil {
			return SearchReport{}, err
		}
		out.Sizes = append(out.Sizes, size)
	}
	out.Slopes = slopes(out.Sizes)
	out.Checks, err = r.check(ctx, min(slices.Max(s.Templates), checkedAtMost))
	return out, err
}

func (p SearchParts) validate(s SearchSetup) error {
	if err := s.Validate(); err != nil {
		return err
	}
	if len(p.Probes) < max(1, slices.Max(s.Queries)) {
		return models.Errorf("bench", models.Invalid, "%d probes are fewer than one search at once needs", len(p.Probes))
	}
	if most := slices.Max(s.Templates); p.Vectors.Len() < most {
		return models.Errorf("bench", models.Invalid, "%d vectors are fewer than %d templates", p.Vectors.Len(), most)
	}
	if p.Vectors.Dim() != p.Format.Dimension {
		return models.Errorf("bench", models.Mismatch, "vectors of %d dimensions, templates of %d", p.Vectors.Dim(), p.Format.Dimension)
	}
	return nil
}

// encodeAll makes templates.
func encodeAll(f models.Format, vectors [][]float32) ([]models.Template, error) {
	out := make([]models.Template, len(vectors))
	for i, v := range vectors {
		var err error
		if out[i], err = matcher.Encode(f.Weights, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

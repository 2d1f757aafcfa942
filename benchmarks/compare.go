package benchmarks

import (
	"context"
	"io"
	"math/rand/v2"
	"time"

	"oblik/matcher"
	"oblik/models"
)

// CompareParts are what a measurement of one-to-one comparisons works with.
type CompareParts struct {
	Comparer    matcher.Comparer
	Format      models.Format
	Calibration *matcher.Calibration
}

// CompareReport is what [Compare] finds.
type CompareReport struct {
	Machine   Machine       `json:"machine"`
	Tool      string        `json:"tool"`
	Weights   string        `json:"weights"`
	Dimension int           `json:"dimension"`
	Rounds    int           `json:"rounds"`
	Seconds   float64       `json:"secondsPerTurn"`
	Seed      uint64        `json:"seed"`
	Times     []CompareTime `json:"times"`
}

// CompareTime is the time of a comparison on one thread.
type CompareTime struct {
	What        string `json:"what"`
	Nanoseconds Spread `json:"nanoseconds"` // each
	PerSecond   Spread `json:"perSecond"`
}

// Compare measures comparisons of random templates on one thread, with each
// template read anew and with both read once, in turns.
func Compare(ctx context.Context, p CompareParts, r CompareReport) (CompareReport, error) {
	if r.Rounds < 1 || r.Rounds > 1000 || !(r.Seconds >= 0.01 && r.Seconds <= 60) {
		return r, models.Errorf("bench", models.Invalid, "%d rounds and %g seconds a turn are not within 1..1000 and 0.01..60", r.Rounds, r.Seconds)
	}
	const some = 1024 // more than the nearest cache holds, fewer than the last
	vectors := make([][]float32, some)
	random := rand.New(rand.NewPCG(r.Seed, 2)) //nolint:gosec // repeatable, no secret
	for i := range vectors {
		vectors[i] = make([]float32, p.Format.Dimension)
		perturb(vectors[i], nil, random)
	}
	templates, err := encodeAll(p.Format, vectors)
	if err != nil {
		return r, err
	}
	for i, t := range templates {
		if vectors[i], err = matcher.Vector(t); err != nil {
			return r, err
		}
	}
	ways := []struct {
		what    string
		compare func(i, j int) error
	}{
		{"both templates read for each comparison", func(i, j int) error {
			_, err := p.Comparer.Compare(templates[i], templates[j])
			return err
		}},
		{"templates read once", func(i, j int) error {
			p.Calibration.Score(matcher.Dot(vectors[i], vectors[j]))
			return nil
		}},
	}
	took := make([][]float64, len(ways))
	for range r.Rounds {
		for _, w := range random.Perm(len(ways)) {
			ns, err := each(ctx, r.Seconds, some, ways[w].compare)
			if err != nil {
				return r, err
			}
			took[w] = append(took[w], ns)
		}
	}
	for w := range ways {
		perSecond := make([]float64, r.Rounds)
		for i, ns := range took[w] {
			perSecond[i] = 1e9 / ns
		}
		r.Times = append(r.Times, CompareTime{What: ways[w].what, Nanoseconds: spread(took[w]), PerSecond: spread(perSecond)})
	}
	return r, nil
}

// each is the mean time in ns over a turn.
func each(ctx context.Context, seconds float64, some int, compare func(i, j int) error) (float64, error) {
	start, count := time.Now(), 0
	for count == 0 || time.Since(start).Seconds() < seconds {
		if err := ctx.Err(); err != nil {
			return 0, models.Errorf("bench", models.Deadline, "%w", err)
		}
		for i := range some {
			if err := compare(i, (i+1+count/some)%some); err != nil {
				return 0, err
			}
		}
		count += some
	}
	return float64(time.Since(start).Nanoseconds()) / float64(count), nil
}

// WriteText writes the report in plain words.
func (r CompareReport) WriteText(w io.Writer) error {
	t := newTable(w)
	t.row("machine\t%s", r.Machine)
	t.row("program\t%s", r.Tool)
	t.row("templates\tof %s, %d dimensions, random, seed %d", r.Weights, r.Dimension, r.Seed)
	t.row("rounds\t%d, %g s a turn, one thread", r.Rounds, r.Seconds)
	t.row("")
	t.row("\tns each\ta second")
	for _, m := range r.Times {
		t.row("%s\t%s\t%s", m.What, m.Nanoseconds.words("%.1f"), m.PerSecond.words("%.0f"))
	}
	t.row("Medians of the rounds, [least..most] in brackets.")
	return t.end()
}

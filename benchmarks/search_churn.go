package benchmarks

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"oblik/matcher"
	"oblik/models"
)

// SearchChurn is the time of one search after another while the register
// changes and while it does not, in turns.
type SearchChurn struct {
	Threads        int     `json:"threads"`
	Quiet          Spread  `json:"quiet"` // ms, the medians of the rounds
	QuietP99       float64 `json:"quietP99"`
	Changing       Spread  `json:"changing"`
	ChangingP99    float64 `json:"changingP99"`
	OfQuiet        Spread  `json:"ofQuiet"` // quotients of the medians, round by round
	P99OfQuiet     float64 `json:"p99OfQuiet"`
	ChangesASecond float64 `json:"changesASecond"` // that were made
	ChangeP99      float64 `json:"changeP99"`      // ms that a change took
}

// churn measures searches of everyone while people come, go and are replaced.
func (r *searching) churn(ctx context.Context, index matcher.Index, g register) ([]SearchChurn, error) {
	all := []SearchChurn{}
	m := newMeter("churn", 2*r.Rounds*len(r.Threads), r.Progress)
	for _, threads := range r.Threads {
		r.SetThreads(threads)
		changer, err := newChanger(index, g, r.Seed)
		if err != nil {
			return nil, err
		}
		var quiet, changing times
		var took time.Duration
		for range r.Rounds {
			for _, turn := range r.order.Perm(2) {
				if turn == 0 {
					err = r.searchFor(ctx, index, &quiet)
				} else {
					err = changer.during(ctx, r.Changes, &took, func() error { return r.searchFor(ctx, index, &changing) })
				}
				if err != nil {
					return nil, err
				}
				m.add(1)
			}
		}
		c := SearchChurn{Threads: threads, Quiet: spread(quiet.medians()), QuietP99: quiet.quantile(0.99),
			Changing: spread(changing.medians()), ChangingP99: changing.quantile(0.99), OfQuiet: spread(quotients(changing.medians(), quiet.medians())),
			ChangesASecond: float64(changer.count) / took.Seconds(), ChangeP99: changer.times.quantile(0.99)}
		c.P99OfQuiet = c.ChangingP99 / c.QuietP99
		all = append(all, c)
	}
	return all, nil
}

// searchFor searches for one probe after another for a turn.
func (r *searching) searchFor(ctx context.Context, index matcher.Index, t *times) error {
	t.begin()
	start := time.Now()
	for i := 0; i == 0 || time.Since(start).Seconds() < r.Seconds; i++ {
		took, err := together(ctx, index, r.probes[i%len(r.probes):][:1], models.AllGalleries)
		if err != nil {
			return err
		}
		t.add(milliseconds(took))
	}
	return nil
}

// changer changes a register: it removes someone, puts them back with another
// face and replaces that by a third.
type changer struct {
	index     matcher.Index
	register  register
	random    *rand.Rand
	templates []models.Template
	someone   int
	count     int
	times     times
}

func newChanger(index matcher.Index, g register, seed uint64) (*changer, error) {
	faces := make([][]float32, 1024)
	c := &changer{index: index, register: g, random: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // repeatable, no secret
	for i := range faces {
		faces[i] = make([]float32, g.format.Dimension)
		perturb(faces[i], nil, c.random)
	}
	var err error
	c.templates, err = encodeAll(g.format, faces)
	return c, err
}

// during makes so many changes a second, evenly, while work runs; took is how
// long that was in all.
func (c *changer) during(ctx context.Context, perSecond int, took *time.Duration, work func() error) error {
	ctx, stop := context.WithCancel(ctx)
	c.times.begin()
	var failed error
	var group sync.WaitGroup
	start, before := time.Now(), c.count
	group.Go(func() {
		for failed == nil {
			failed = c.change()
			due := start.Add(time.Duration(c.count-before) * time.Second / time.Duration(perSecond))
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Until(due)):
			}
		}
	})
	err := work()
	stop()
	group.Wait()
	*took += time.Since(start)
	if err != nil {
		return err
	}
	return failed
}

func (c *changer) change() error {
	kind := c.count % 3
	if kind == 0 {
		c.someone = c.random.IntN(c.register.people)
	}
	entry := c.register.entry(c.someone, c.templates[c.random.IntN(len(c.templates))])
	start := time.Now()
	var err error
	switch kind {
	case 0:
		err = c.index.Remove(entry.Key)
	case 1:
		err = c.index.Put(entry)
	case 2:
		err = c.index.Replace(entry.Key.Person, entry)
	}
	c.times.add(milliseconds(time.Since(start)))
	c.count++
	return err
}

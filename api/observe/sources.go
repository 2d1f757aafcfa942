package observe

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Source is a metric that is asked for at each scrape.
type Source struct {
	Name  string // without the leading "oblik_"
	Help  string
	Label string // tells its values apart; empty for a single value
	Grows bool   // whether it is a counter
	// Read gives the values by the label's, a single one under the empty string.
	// It must heed its context, be safe for concurrent use and give few values.
	Read func(context.Context) (map[string]float64, error)
}

// Number makes [Source].Read of a function that answers at once.
func Number[T int | int64 | float64](f func() T) func(context.Context) (map[string]float64, error) {
	return func(context.Context) (map[string]float64, error) { return map[string]float64{"": float64(f())}, nil }
}

// Add adds sources; it is called once, before the first scrape. It panics for two
// metrics of one name or one that Prometheus does not take: a slip of the program.
func (o *Observer) Add(all ...Source) {
	c := &collector{failed: prometheus.NewDesc(namespace+"_source_failed",
		"1 for a metric that could not be asked for at this scrape: its values are missing.", []string{"source"}, nil)}
	for _, s := range all {
		var labels []string
		if s.Label != "" {
			labels = []string{s.Label}
		}
		c.sources = append(c.sources, s)
		c.descs = append(c.descs, prometheus.NewDesc(namespace+"_"+s.Name, s.Help, labels, nil))
	}
	o.registry.MustRegister(c)
}

// sourceTime bounds the asking of all sources at one scrape: a store that is
// down must not take the other metrics with it.
const sourceTime = 2 * time.Second

// collector asks sources.
type collector struct {
	sources []Source
	descs   []*prometheus.Desc
	failed  *prometheus.Desc
}

// Describe implements [prometheus.Collector].
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		out <- d
	}
	out <- c.failed
}

// Collect implements [prometheus.Collector]. The sources are asked side by side.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), sourceTime)
	defer cancel()
	var all sync.WaitGroup
	for i := range c.sources {
		all.Go(func() { c.ask(ctx, i, out) })
	}
	all.Wait()
}

func (c *collector) ask(ctx context.Context, i int, out chan<- prometheus.Metric) {
	s, kind := c.sources[i], prometheus.GaugeValue
	if s.Grows {
		kind = prometheus.CounterValue
	}
	values, err := s.Read(ctx)
	if err != nil {
		out <- prometheus.MustNewConstMetric(c.failed, prometheus.GaugeValue, 1, s.Name)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		var label []string
		if s.Label != "" {
			label = []string{key}
		}
		out <- prometheus.MustNewConstMetric(c.descs[i], kind, values[key], label...)
	}
}

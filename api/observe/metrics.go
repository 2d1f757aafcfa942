package observe

import (
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"oblik/api"
)

const (
	namespace = "oblik"
	other     = "other" // what the program does not know
)

// seconds are the bounds of durations: a step is twice or two and a half times
// the last, from a comparison to the longest a request may take.
var seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// stages are all of package api's.
var stages = []string{
	api.StageWait, api.StageFetch, api.StageExtract, api.StageCompare, api.StageSearch, api.StageRecords, api.StageImages,
}

// uses are what scores are made for.
var uses = []string{"verify", "identify"}

// metrics are those that are told; the others are asked for, see [Source].
type metrics struct {
	registry   *prometheus.Registry
	operations []string
	weights    []string
	requests   *prometheus.CounterVec
	durations  *prometheus.HistogramVec
	parts      *prometheus.HistogramVec
	scores     *prometheus.HistogramVec
	exports    *prometheus.CounterVec // of spans
}

func newMetrics(c Config) metrics {
	m := metrics{
		registry: prometheus.NewRegistry(), operations: slices.Clone(c.Operations), weights: slices.Clone(c.Weights),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "requests_total", Help: "Answers, by OSIA's operationId, HTTP status and the service's numeric code (0 for success).",
		}, []string{"operation", "status", "code"}),
		durations: histogram("request_seconds", "Time from a request's headers to its answer.", seconds, "operation"),
		parts:     histogram("stage_seconds", "Time of a part of a request: waiting for a turn, reading an image, comparing, the stores.", seconds, "stage", "outcome"),
		scores: histogram("score", "Scores that were decided on: -10*log10 of a false match rate, for identify of the best candidate.",
			prometheus.LinearBuckets(0, 5, 21), "use", "weights"),
		exports: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "trace_spans_total", Help: "Spans that the collector of traces took (sent), and did not (lost).",
		}, []string{"outcome"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "1, with the program's version.", ConstLabels: prometheus.Labels{"version": c.Version},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.durations, m.parts, m.scores, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if c.Endpoint != "" {
		m.registry.MustRegister(m.exports)
	}
	return m
}

func histogram(name, help string, bounds []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: bounds}, labels)
}

// oneOf is the word if it is among those known.
func oneOf(known []string, word string) string {
	if slices.Contains(known, word) {
		return word
	}
	return other
}

func (m *metrics) known(operation string) string { return oneOf(m.operations, operation) }

func (m *metrics) request(operation string, status int, code int32, took time.Duration) {
	operation = m.known(operation)
	m.requests.WithLabelValues(operation, strconv.Itoa(status), strconv.Itoa(int(code))).Inc()
	m.durations.WithLabelValues(operation).Observe(took.Seconds())
}

func (m *metrics) stage(name string, err error, took time.Duration) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.parts.WithLabelValues(oneOf(stages, name), outcome).Observe(took.Seconds())
}

func (m *metrics) score(use, weights string, score float64) {
	m.scores.WithLabelValues(oneOf(uses, use), oneOf(m.weights, weights)).Observe(score)
}

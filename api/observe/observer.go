// Package observe tells an operator how the service does: Prometheus metrics of
// requests, their stages, scores and whatever sources are added, and, if asked
// for, OpenTelemetry traces. It is the only importer of both.
//
// It is told no id, name or transaction of anybody (see [api.Observer]), and its
// labels take only values that the program itself knows: a stranger can neither
// be found in the metrics nor make them grow. A trace has an id that the client
// may have chosen (traceparent), and nothing else of the client's.
//
// Without traces a request costs about a microsecond and a few small
// allocations here. With them, spans wait in a bounded queue for their exporter;
// one that is slow or away loses spans and holds nobody up.
package observe

import (
	"context"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/codes"

	"oblik/api"
	"oblik/models"
)

// Config is what an [Observer] is made with.
type Config struct {
	Version    string   // of the program
	Operations []string // all that there are; a request of another is counted as "other"
	Weights    []string // whose scores are told apart; those of others are counted as "other"
	// Endpoint is where traces go by OTLP over HTTP, such as
	// http://127.0.0.1:4318; empty for no traces. A path is taken as it is;
	// without one it is /v1/traces.
	Endpoint string
	Sample   float64 // part of the requests that are traced, 0..1
}

// Observer implements [api.Observer]. It is safe for concurrent use.
type Observer struct {
	metrics
	traces *traces // nil for none
}

var _ api.Observer = (*Observer)(nil)

// New makes an observer; nothing is sent anywhere before the first request. Its
// error is of kind [models.Invalid]. Close it.
func New(c Config) (*Observer, error) {
	o := &Observer{metrics: newMetrics(c)}
	if c.Endpoint == "" {
		return o, nil
	}
	bad := func(text string) error { return models.Errorf("observe.New", models.Invalid, "%s", text) }
	u, err := url.Parse(c.Endpoint)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, bad("the traces' endpoint is no http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, bad("the traces' endpoint has more than a host and a path")
	case !(c.Sample >= 0 && c.Sample <= 1): // NaN, too
		return nil, bad("the traced part of the requests is not within 0..1")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	if o.traces, err = newTraces(c, u.String(), o.exports); err != nil {
		return nil, err
	}
	return o, nil
}

// flushTime is what Close waits for the last spans to be taken.
const flushTime = time.Second

// Close sends the spans that wait, for a second at most; the rest is lost.
func (o *Observer) Close() error {
	if o.traces == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	return o.traces.provider.Shutdown(ctx)
}

// Request implements [api.Observer].
func (o *Observer) Request(ctx context.Context, operation, parent string) (context.Context, func(int, int32)) {
	start := time.Now()
	if o.traces == nil {
		return ctx, func(status int, code int32) { o.request(operation, status, code, time.Since(start)) }
	}
	ctx, span := o.traces.request(ctx, o.known(operation), parent)
	return ctx, func(status int, code int32) {
		o.request(operation, status, code, time.Since(start))
		span.SetAttributes(statusKey.Int(status), codeKey.Int(int(code)))
		if status >= 500 { // a refusal is no fault of the service
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Stage implements [api.Observer].
func (o *Observer) Stage(ctx context.Context, name string) (context.Context, func(error)) {
	start := time.Now()
	if o.traces == nil {
		return ctx, func(err error) { o.stage(name, err, time.Since(start)) }
	}
	ctx, span := o.traces.tracer.Start(ctx, name)
	return ctx, func(err error) {
		o.stage(name, err, time.Since(start))
		if err != nil { // its text could say too much
			span.SetStatus(codes.Error, models.KindOf(err).String())
		}
		span.End()
	}
}

// Score implements [api.Observer].
func (o *Observer) Score(use, weights string, score float64) { o.score(use, weights, score) }

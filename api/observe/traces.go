package observe

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	otel "go.opentelemetry.io/otel/trace"

	"oblik/models"
)

// The attributes of a request's span, beside its operation, which is its name.
const (
	statusKey = attribute.Key("http.response.status_code")
	codeKey   = attribute.Key("oblik.code")
)

// Bounds of what spans may take: 2,048 wait, some 2 MB; of those that come when
// the queue is full none is kept.
const (
	waitingSpans = 2048
	spanBatch    = 256
	batchEvery   = time.Second
	exportTime   = 5 * time.Second
)

// traces make spans.
type traces struct {
	provider *trace.TracerProvider
	tracer   otel.Tracer
}

// newTraces does not connect yet.
func newTraces(c Config, endpoint string, exports *prometheus.CounterVec) (*traces, error) {
	// A batch is not sent again: it would keep the queue full.
	exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(endpoint),
		otlptracehttp.WithTimeout(exportTime), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	if err != nil {
		return nil, models.Errorf("observe.New", models.Invalid, "traces: %w", err)
	}
	// Whoever calls chooses the trace's id and so whether it is traced; his
	// "sampled" flag alone must not make the service trace everything.
	part := trace.TraceIDRatioBased(c.Sample)
	provider := trace.NewTracerProvider(
		trace.WithSampler(trace.ParentBased(part, trace.WithRemoteParentSampled(part))),
		trace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "oblik"), attribute.String("service.version", c.Version))),
		trace.WithBatcher(counted{exporter, exports}, trace.WithMaxQueueSize(waitingSpans), trace.WithMaxExportBatchSize(spanBatch),
			trace.WithBatchTimeout(batchEvery), trace.WithExportTimeout(exportTime)),
	)
	return &traces{provider: provider, tracer: provider.Tracer("oblik")}, nil
}

// request begins a request's span. A traceparent that is not well formed is as
// none; tracestate is not taken over.
func (t *traces) request(ctx context.Context, operation, parent string) (context.Context, otel.Span) {
	return t.tracer.Start(parentOf(ctx, parent), operation, otel.WithSpanKind(otel.SpanKindServer))
}

// parentLength is that of version 00, the only one there is.
const parentLength = 55

// parentOf is ctx with the client's span, if parent is sound (W3C Trace Context,
// section 3.2).
func parentOf(ctx context.Context, parent string) context.Context {
	if len(parent) != parentLength {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": parent})
}

// counted counts what its exporter took, and keeps its errors to itself: they
// would be printed, one for each batch, while the collector is away.
type counted struct {
	trace.SpanExporter
	spans *prometheus.CounterVec
}

// ExportSpans implements [trace.SpanExporter].
func (c counted) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	outcome := "sent"
	if err := c.SpanExporter.ExportSpans(ctx, spans); err != nil {
		outcome = "lost"
	}
	c.spans.WithLabelValues(outcome).Add(float64(len(spans)))
	return nil
}

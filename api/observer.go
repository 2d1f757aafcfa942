package api

import "context"

// Observer is told what happens, for metrics and traces. It gets no id, name or
// transaction of anybody. It must be quick, and safe for concurrent use.
type Observer interface {
	// Request begins an operation, OSIA's operationId; parent is the client's
	// traceparent (W3C Trace Context) or empty. The function ends it with the
	// HTTP status and this service's numeric code, 0 for success.
	Request(ctx context.Context, operation, parent string) (context.Context, func(status int, code int32))
	// Stage begins a part of it, one of the Stage constants; the function ends it.
	Stage(ctx context.Context, name string) (context.Context, func(error))
	// Score is told the outcome of each comparison that was decided on: use is
	// "verify" or "identify" (the best candidate), weights are the recogniser's.
	Score(use, weights string, score float64)
}

// The stages.
const (
	StageWait    = "wait"    // for a turn to extract
	StageFetch   = "fetch"   // an image that came by reference
	StageExtract = "extract" // one image: decoding, detection, template
	StageCompare = "compare" // 1:1, all of a request
	StageSearch  = "search"  // 1:N, one probe
	StageRecords = "records" // one question or change of the database
	StageImages  = "images"  // one image to or from the image store
)

// silence is the observer that nobody listens to.
type silence struct{}

// Request implements [Observer].
func (silence) Request(ctx context.Context, _, _ string) (context.Context, func(int, int32)) {
	return ctx, func(int, int32) {}
}

// Stage implements [Observer].
func (silence) Stage(ctx context.Context, _ string) (context.Context, func(error)) {
	return ctx, func(error) {}
}

// Score implements [Observer].
func (silence) Score(string, string, float64) {}

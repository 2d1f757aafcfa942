package matcher

import (
	"context"

	"oblik/models"
)

// Local extracts in this process with a few pipelines, each used by one
// request at a time. It is for tools and tests: a hostile image that makes the
// native code abort ends the process. The service uses matcher/worker.
type Local struct {
	format models.Format
	free   chan *Pipeline
	all    []*Pipeline
}

// NewLocal owns the pipelines, at least one, all of one format.
func NewLocal(pipelines ...*Pipeline) *Local {
	l := &Local{format: pipelines[0].stages.Format, free: make(chan *Pipeline, len(pipelines)), all: pipelines}
	for _, p := range pipelines {
		l.free <- p
	}
	return l
}

// Format implements [Extractor].
func (l *Local) Format() models.Format { return l.format }

// Engine says in words what runs the networks.
func (l *Local) Engine() string { return l.all[0].Engine() }

// Extract implements [Extractor].
func (l *Local) Extract(ctx context.Context, s models.Sample) (models.Extraction, error) {
	select {
	case p := <-l.free:
		defer func() { l.free <- p }()
		return p.Extract(ctx, s.Image)
	case <-ctx.Done():
		return models.Extraction{}, models.Errorf("extract", models.Deadline, "%w", ctx.Err())
	}
}

// Close waits for the requests under way and frees the pipelines.
func (l *Local) Close() {
	for range l.all {
		(<-l.free).Close()
	}
}

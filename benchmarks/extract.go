package benchmarks

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"oblik/matcher"
	"oblik/models"
)

// Factory makes an extractor for one goroutine, and what frees it.
type Factory func() (matcher.Extractor, func(), error)

// Extracted is a data set's vectors and what it took to make them.
type Extracted struct {
	Set             *Set
	Format          models.Format
	Engine          string // of the extractors, if they say it
	TemplateBytes   int    // of the longest
	Workers         int
	ImagesPerSecond float64 // all workers together
}

// extraction is one run over a data set.
type extraction struct {
	data    *DataSet
	factory Factory
	meter   *meter
	next    chan int
	cancel  context.CancelCauseFunc

	mu       sync.Mutex
	out      Extracted
	refs     []Ref
	vectors  [][]float32
	failures []Failure
}

// Extract makes the vector of every photograph, on as many goroutines as
// workers says (the number of CPUs if 0), each with its own extractor.
// A photograph that gives no template, whatever is wrong with it, is counted as
// a failure of its kind; an error that is not the photograph's ends the run.
func Extract(ctx context.Context, d *DataSet, f Factory, workers int, report ProgressFunc) (*Extracted, error) {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	e := &extraction{data: d, factory: f, cancel: cancel, next: make(chan int),
		meter: newMeter("extract", len(d.Refs()), report), out: Extracted{Workers: workers}}
	start := time.Now()
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			if err := e.work(ctx); err != nil {
				cancel(err)
			}
		})
	}
	for i := range d.Refs() {
		select {
		case e.next <- i:
		case <-ctx.Done():
		}
	}
	close(e.next)
	group.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	e.out.ImagesPerSecond = float64(len(d.Refs())) / time.Since(start).Seconds()
	set, err := NewSet(e.refs, e.vectors, e.failures)
	e.out.Set = set
	return &e.out, err
}

func (e *extraction) work(ctx context.Context) error {
	x, free, err := e.factory()
	if err != nil {
		return err
	}
	defer free()
	if x, ok := x.(interface{ Engine() string }); ok {
		e.mu.Lock()
		e.out.Engine = x.Engine()
		e.mu.Unlock()
	}
	for i := range e.next {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := e.one(ctx, x, i); err != nil {
			return err
		}
		e.meter.add(1)
	}
	return nil
}

// one extracts photograph i and keeps its vector or its failure.
func (e *extraction) one(ctx context.Context, x matcher.Extractor, i int) error {
	ref := e.data.Refs()[i]
	data, err := e.data.Read(i)
	var got models.Extraction
	if err == nil {
		got, err = x.Extract(ctx, models.Sample{Modality: models.Face, Image: data})
	}
	var vector []float32
	if err == nil {
		vector, err = matcher.Vector(got.Template)
	}
	if err != nil && !isFailure(err) {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.failures = append(e.failures, Failure{Ref: ref, Kind: models.KindOf(err)})
		return nil
	}
	if e.out.Format == (models.Format{}) {
		e.out.Format = got.Template.Format
	}
	if e.out.Format != got.Template.Format {
		return models.Errorf("extract", models.Mismatch, "templates of two formats")
	}
	e.refs, e.vectors = append(e.refs, ref), append(e.vectors, vector)
	e.out.TemplateBytes = max(e.out.TemplateBytes, len(got.Template.Data))
	return nil
}

// isFailure tells what is the photograph's fault from what ends a run.
func isFailure(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	switch models.KindOf(err) {
	case models.EmptyImage, models.UnknownImage, models.DamagedImage, models.TruncatedImage,
		models.LargeImage, models.SmallImage, models.EncodingImage, models.NoFace,
		models.SeveralFaces, models.SmallFace, models.NotUpright, models.PoorFace, models.Crashed, models.Deadline:
		return true
	}
	return false
}

package benchmarks

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"oblik/matcher"
	"oblik/models"
)

// candidates is how many people each search asks for, whatever their score:
// with a threshold a search passes over most people sooner.
const candidates = 10

// searching is a measurement at work.
type searching struct {
	SearchParts
	SearchSetup
	order  *rand.Rand
	probes []models.Template
}

// size measures a register of n templates.
func (r *searching) size(ctx context.Context, n int) (SearchSize, error) {
	out := SearchSize{Templates: n, Before: residentNow(), Small: []SearchTime{}, SmallAlone: []SearchTime{}, Churn: []SearchChurn{}, ReadPerNs: []Bandwidth{}}
	g := register{vectors: r.Vectors, format: r.Format, people: n, few: min(r.Gallery, n)}
	start := time.Now()
	index, err := r.filled(ctx, g, "")
	if err != nil {
		return out, err
	}
	defer index.Reset() // its memory lies outside the Go heap
	out.BuildSeconds = time.Since(start).Seconds()
	out.Resident, out.Files = residentNow(), residentFiles()
	out.PerTemplate = float64(out.Resident-out.Before) / float64(n)

	alone, err := r.filled(ctx, register{vectors: r.Vectors, format: r.Format, people: g.few}, "")
	if err != nil {
		return out, err
	}
	defer alone.Reset()
	if err := r.rounds(ctx, index, alone, &out); err != nil {
		return out, err
	}
	if r.Changes > 0 {
		out.Churn, err = r.churn(ctx, index, g)
	}
	return out, err
}

// filled is an index with everyone in it.
func (r *searching) filled(ctx context.Context, g register, kernel string) (matcher.Index, error) {
	index, err := r.Open(kernel)
	if err != nil {
		return nil, err
	}
	return index, g.fill(ctx, index, newMeter("fill", g.people, r.Progress))
}

// way is one of those who take turns in a round.
type way struct {
	index            matcher.Index // nil reads memory
	gallery          models.GalleryID
	queries, threads int
	times            times
}

// rounds lets all ways take turns, every round in another order.
func (r *searching) rounds(ctx context.Context, index, alone matcher.Index, out *SearchSize) error {
	buffer, free, err := pages(min(out.Templates*r.RowBytes, 256<<20))
	if err != nil {
		return err
	}
	defer free()
	var all []*way
	for _, threads := range r.Threads {
		if r.ReadAll != nil {
			all = append(all, &way{threads: threads})
		}
		for _, queries := range r.Queries {
			all = append(all, &way{index: index, gallery: models.AllGalleries, queries: queries, threads: threads})
		}
		if r.Gallery > 0 {
			all = append(all, &way{index: index, gallery: few, queries: 1, threads: threads}, &way{index: alone, gallery: everyone, queries: 1, threads: threads})
		}
	}
	m := newMeter("search", r.Rounds*len(all), r.Progress)
	for range r.Rounds {
		for _, i := range r.order.Perm(len(all)) {
			if err := r.turn(ctx, all[i], buffer); err != nil {
				return err
			}
			m.add(1)
		}
	}
	r.fold(all, out, len(buffer))
	return nil
}

// turn lets a way search for every probe, or read the buffer as often. On no
// more processors than it has threads: searches that were made at once are
// ranked each by itself, which would otherwise take them all.
func (r *searching) turn(ctx context.Context, w *way, buffer []byte) error {
	r.SetThreads(w.threads)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(min(w.threads, runtime.NumCPU())))
	w.times.begin()
	if w.index == nil {
		for range min(len(r.probes), 20) {
			w.times.add(milliseconds(readBy(w.threads, buffer, r.ReadAll)))
		}
		return nil
	}
	for first := 0; first+w.queries <= len(r.probes); first += w.queries {
		took, err := together(ctx, w.index, r.probes[first:first+w.queries], w.gallery)
		if err != nil {
			return err
		}
		w.times.add(milliseconds(took))
	}
	return nil
}

// together searches for several probes at once and waits for all answers.
func together(ctx context.Context, index matcher.Index, probes []models.Template, gallery models.GalleryID) (time.Duration, error) {
	o := models.SearchOptions{Gallery: gallery, Max: candidates}
	errs := make([]error, len(probes))
	start := time.Now()
	if len(probes) == 1 {
		_, errs[0] = index.Search(ctx, probes[0], o)
	} else {
		var group sync.WaitGroup
		for i := range probes {
			group.Go(func() { _, errs[i] = index.Search(ctx, probes[i], o) })
		}
		group.Wait()
	}
	took := time.Since(start)
	for _, err := range errs {
		if err != nil {
			return took, err
		}
	}
	return took, nil
}

// readBy reads the buffer once, each thread its part.
func readBy(threads int, buffer []byte, read func([]byte) uint64) time.Duration {
	start := time.Now()
	var group sync.WaitGroup
	for i := range threads {
		part := buffer[len(buffer)*i/threads : len(buffer)*(i+1)/threads]
		group.Go(func() { read(part) })
	}
	group.Wait()
	return time.Since(start)
}

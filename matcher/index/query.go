package index

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"oblik/matcher"
	"oblik/matcher/quant"
	"oblik/matcher/scan"
	"oblik/models"
)

// query is one attempt of a search: what it looks for, and what it has found.
type query struct {
	ctx     context.Context
	options models.SearchOptions
	vector  []float32
	probe   quant.Probe

	// As they were when it began; [Index.begin] sets them.
	born    uint64   // births so far
	gallery *gallery // nil: all, or none of this name
	exclude uint32   // person
	floor   float64  // the least similarity that can make a candidate

	mu    sync.Mutex
	least atomic.Uint64 // float64 bits of the cut: a row below it is nobody's best. It only rises
	tops  []top         // of the best lower bounds one a person, the highest first; at most options.Max
	found []found
	room  int           // of found, until what fell below the cut is left out
	done  chan struct{} // closed after the pass that it was in
}

// top is a person with a row whose similarity is at least lo.
type top struct {
	lo     float64
	person uint32
}

// found is a row that may be among the best: its similarity is at most hi.
type found struct {
	place place
	hi    float64
	exact float64 // set by [Index.rerank]
}

func newQuery(ctx context.Context, vector []float32, probe quant.Probe, o models.SearchOptions) *query {
	return &query{ctx: ctx, options: o, vector: vector, probe: probe, done: make(chan struct{})}
}

// ended reports whether nobody waits for the answer any more.
func (q *query) ended() bool { return q.ctx.Err() != nil }

func (q *query) cut() float64 { return math.Float64frombits(q.least.Load()) }

func (q *query) setCut(s float64) { q.least.Store(math.Float64bits(s)) }

// floorOf is the least similarity of a candidate among n templates, a little
// less where rounding could hide one.
func floorOf(c *matcher.Calibration, threshold float64, n int) float64 {
	if threshold <= 0 {
		return -1 // a lowered score never falls below 0
	}
	return c.Similarity(threshold+10*math.Log10(float64(max(1, n)))-1e-9) - 1e-6
}

// offer takes the hits of a scan over part p from its row first on.
func (q *query) offer(x *Index, p *partition, first int, hits []scan.Hit) {
	if len(hits) == 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, h := range hits {
		n := first + int(h.Row)
		if n >= p.rows {
			break // what follows is the rest of the last block
		}
		lo, hi := q.probe.Bounds(p.class, h.Dot)
		if hi < q.cut() {
			continue
		}
		e := x.entries.at(p.owner(n))
		if e.person == q.exclude || (p.set == nil && q.gallery != nil && !x.sets.byNumber[e.set].in(q.gallery)) {
			continue
		}
		q.found = append(q.found, found{place: place{p.number, uint32(n)}, hi: hi}) //nolint:gosec // a row's number
		q.raise(lo, e.person)
	}
	if len(q.found) > q.room {
		q.prune()
		q.room = 2*len(q.found) + stepRows
	}
}

// raise takes note of a person's lower bound. Once there are as many people as
// candidates are asked for, the lowest is what the others have to reach.
func (q *query) raise(lo float64, person uint32) {
	most := q.options.Max
	if len(q.tops) == most && lo <= q.tops[most-1].lo {
		return
	}
	at := slices.IndexFunc(q.tops, func(t top) bool { return t.person == person })
	switch {
	case at >= 0 && q.tops[at].lo >= lo:
		return
	case at >= 0:
		q.tops = slices.Delete(q.tops, at, at+1)
	case len(q.tops) == most:
		q.tops = q.tops[:most-1]
	}
	to, _ := slices.BinarySearchFunc(q.tops, lo, func(t top, lo float64) int { return cmp.Compare(lo, t.lo) })
	q.tops = slices.Insert(q.tops, to, top{lo, person})
	if len(q.tops) == most && q.tops[most-1].lo > q.cut() {
		q.setCut(q.tops[most-1].lo)
	}
}

// prune leaves out what the cut has risen above since it was found.
func (q *query) prune() {
	cut := q.cut()
	q.found = slices.DeleteFunc(q.found, func(f found) bool { return f.hi < cut })
}

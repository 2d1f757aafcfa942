package index

import (
	"cmp"
	"slices"
	"sync"

	"oblik/matcher"
	"oblik/matcher/quant"
	"oblik/matcher/scan"
)

// rerankRows is how many rows are scored exactly before writers get a turn.
const rerankRows = 16

// rerank scores what was found exactly, the most promising first, until no
// other can be among the best. A row that has changed meanwhile gets a score
// that means nothing; [Index.answer] does not look at it.
func (x *Index) rerank(lock sync.Locker, q *query) {
	q.prune()
	slices.SortFunc(q.found, func(a, b found) int { return cmp.Compare(b.hi, a.hi) })
	q.tops = q.tops[:0] // from here on of exact scores
	s := newScorer(x)
	for at := 0; at < len(q.found); at += rerankRows {
		some := q.found[at:min(at+rerankRows, len(q.found))]
		if some[0].hi < q.cut() || q.ended() {
			q.found = q.found[:at]
			return
		}
		x.rerankSome(lock, q, s, some)
	}
}

func (x *Index) rerankSome(lock sync.Locker, q *query, s *scorer, some []found) {
	lock.Lock()
	defer lock.Unlock()
	for i := range some {
		if f := &some[i]; x.alive(f.place) {
			f.exact = s.score(q.vector, f.place)
			q.raise(f.exact, x.entries.at(x.ownerAt(f.place)).person)
		}
	}
}

// alive reports whether a place holds a row.
func (x *Index) alive(at place) bool {
	return int(at.part) < len(x.parts) && x.parts[at.part] != nil && int(at.row) < x.parts[at.part].rows
}

// ownerAt is the entry of the row at a place.
func (x *Index) ownerAt(at place) uint32 { return x.parts[at.part].owner(int(at.row)) }

// scorer scores rows exactly, one at a time.
type scorer struct {
	x      *Index
	codes  []int8
	halves []uint16
	vector []float32
}

func newScorer(x *Index) *scorer {
	d := x.layout.dim
	return &scorer{x: x, codes: make([]int8, d), halves: make([]uint16, d), vector: make([]float32, d)}
}

// score is the similarity of a probe to the row at a place: the same as
// [matcher.Dot] of the two templates' vectors, to the last bit.
func (s *scorer) score(probe []float32, at place) float64 {
	p := s.x.parts[at.part]
	r := p.row(s.x.layout, int(at.row))
	high := r.high
	if aside, ok := s.x.aside[*r.owner]; ok {
		high = aside
	}
	scan.Get(r.block, r.lane, s.codes)
	if !quant.Unpack(p.class, s.codes, r.low, high, s.halves) || matcher.FromHalves(s.halves, s.vector) != nil {
		panic("index: a row is not what was put")
	}
	return matcher.Dot(probe, s.vector)
}

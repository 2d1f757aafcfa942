package index

import (
	"sync"
	"sync/atomic"

	"oblik/matcher/scan"
)

// stepRows is how many rows are scanned before writers get a turn: some 20
// microseconds for one query. The first steps are smaller, since the cut is low
// until as many people are found as candidates are asked for.
const (
	stepRows  = 4096
	firstRows = 256
)

// stepUnits bounds the calls of a step where partitions are small.
const stepUnits = 256

// unit is a range of one extent's rows, and the queries that look there.
type unit struct {
	part     *partition
	extent   int
	from, to int
	wants    uint8 // a bit a query
}

// pass is one reading of the table for up to [scan.MaxQueries] queries.
type pass struct {
	x       *Index
	lock    sync.Locker // of the index, for reading; held for a step
	queries []*query
	steps   [][]unit
	next    atomic.Int64 // step
}

// run makes a pass with so many goroutines, this one included.
func (p *pass) run(threads int) {
	var others sync.WaitGroup
	for range min(threads, len(p.steps)) - 1 {
		others.Go(p.work)
	}
	p.work()
	others.Wait()
}

func (p *pass) work() {
	b := newBench()
	defer b.putBack()
	for {
		at := int(p.next.Add(1)) - 1
		if at >= len(p.steps) || !p.step(b, p.steps[at]) {
			return
		}
	}
}

// step scans some units under one lock. It reports whether anybody waits still.
func (p *pass) step(b *bench, units []unit) bool {
	var live uint8
	for i, q := range p.queries {
		if !q.ended() {
			live |= 1 << i
		}
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, u := range units {
		p.unit(b, u, u.wants&live)
	}
	return live != 0
}

func (p *pass) unit(b *bench, u unit, wants uint8) {
	blocks := u.part.blocks(p.x.layout, u.extent, u.from, u.to)
	if wants == 0 || len(blocks) == 0 {
		return
	}
	b.begin()
	for i, q := range p.queries {
		if wants&(1<<i) != 0 {
			b.add(q, scan.Query{Codes: q.probe.Codes, Cut: q.probe.Cut(u.part.class, q.cut())})
		}
	}
	p.x.kernel.Scan(blocks, p.x.layout.dim, b.looks, b.hits[:len(b.looks)])
	first := extentStart(u.extent) + u.from
	for i, q := range b.queries {
		q.offer(p.x, u.part, first, b.hits[i])
	}
}

// bench is what a goroutine needs for its scans.
type bench struct {
	queries []*query
	looks   []scan.Query
	hits    [][]scan.Hit // one a query
}

var benches = sync.Pool{New: func() any {
	b := &bench{hits: make([][]scan.Hit, scan.MaxQueries)}
	return b
}}

func newBench() *bench { return benches.Get().(*bench) } //nolint:errcheck // the pool holds nothing else

func (b *bench) begin() {
	b.queries, b.looks = b.queries[:0], b.looks[:0]
}

func (b *bench) add(q *query, look scan.Query) {
	at := len(b.looks)
	b.queries, b.looks = append(b.queries, q), append(b.looks, look)
	b.hits[at] = b.hits[at][:0]
}

func (b *bench) putBack() {
	clear(b.queries[:cap(b.queries)]) // no query is kept alive by it
	clear(b.looks[:cap(b.looks)])
	benches.Put(b)
}

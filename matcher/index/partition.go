package index

import (
	"oblik/matcher/quant"
	"oblik/matcher/scan"
	"oblik/matcher/slab"
)

// maxRows is the most rows of a partition: place.row names them.
const maxRows = 1<<32 - 1

// place names a row: the number of its partition, from 1 on, and its number there.
type place struct{ part, row uint32 }

// partition is the rows of one class whose entries have one set of galleries,
// or, if set is nil, any of the sets without partitions of their own. Rows are
// dense: where one is taken out the last one moves in, so that nothing but rows
// is ever read, and memory is given back as soon as it is empty.
type partition struct {
	number  uint32
	class   quant.Class
	set     *set
	extents []extent
	rows    int
}

// row is where the planes of one row lie.
type row struct {
	block     []byte
	lane      int
	owner     *uint32
	low, high []byte
}

func (p *partition) row(l layout, n int) row {
	i, at := locate(n)
	e := &p.extents[i]
	size, high := scan.Lanes*l.width, l.high[p.class]
	first := at / scan.Lanes * size
	return row{
		block: e.codes[first : first+size], lane: at % scan.Lanes,
		owner: &e.owners[at],
		low:   e.low[at*l.dim : (at+1)*l.dim],
		high:  e.high[at*high : (at+1)*high],
	}
}

// reserve makes room for n more rows.
func (p *partition) reserve(heap *slab.Heap, l layout, n int) error {
	for extentStart(len(p.extents)) < p.rows+n {
		e, err := newExtent(heap, l, p.class, extentRows(len(p.extents)))
		if err != nil {
			return err
		}
		p.extents = append(p.extents, e)
	}
	return nil
}

// append adds a row after the last. Its high bytes must fit the slot.
func (p *partition) append(l layout, t packed, owner uint32) {
	r := p.row(l, p.rows)
	if r.lane == 0 {
		for lane := range scan.Lanes {
			scan.Clear(r.block, lane)
		}
	}
	scan.Set(r.block, r.lane, t.codes)
	*r.owner = owner
	copy(r.low, t.low)
	clear(r.high[copy(r.high, t.high):])
	p.rows++
}

// remove takes row n out: the last row moves into its place, and what is left
// behind is wiped, since an erased template must not linger. It returns the
// entry that was moved, or 0.
func (p *partition) remove(heap *slab.Heap, l layout, n int, codes []int8) (moved uint32) {
	p.rows--
	last := p.row(l, p.rows)
	if n != p.rows {
		gap := p.row(l, n)
		scan.Get(last.block, last.lane, codes)
		scan.Set(gap.block, gap.lane, codes)
		*gap.owner = *last.owner
		copy(gap.low, last.low)
		copy(gap.high, last.high)
		moved = *gap.owner
		clear(codes)
	}
	scan.Clear(last.block, last.lane)
	*last.owner = 0
	clear(last.low)
	clear(last.high)
	p.shrink(heap)
	return moved
}

// shrink gives empty extents back. The last one is kept until a quarter of the
// one before is empty too, so that a row that comes and goes costs no memory calls.
func (p *partition) shrink(heap *slab.Heap) {
	for n := len(p.extents); n > 0; n-- {
		keep := 0
		if n > 1 {
			keep = extentStart(n-1) - extentRows(n-2)/4
		}
		if p.rows > keep {
			return
		}
		heap.Put(p.extents[n-1].block)
		p.extents[n-1] = extent{}
		p.extents = p.extents[:n-1]
	}
}

// reset forgets all rows. Nothing is wiped: all memory of the heap goes back to
// the system, which does that.
func (p *partition) reset(heap *slab.Heap) {
	for _, e := range p.extents {
		heap.Put(e.block)
	}
	p.extents, p.rows = nil, 0
}

// owner is the entry of a row.
func (p *partition) owner(n int) uint32 {
	i, at := locate(n)
	return p.extents[i].owners[at]
}

// blocks are those of an extent that rows from..to of it are in, as far as
// there are rows. from is a multiple of 16.
func (p *partition) blocks(l layout, extent, from, to int) []byte {
	if extent >= len(p.extents) {
		return nil
	}
	to = min(to, p.rows-extentStart(extent))
	if from >= to {
		return nil
	}
	return p.extents[extent].codes[from*l.width : wholeBlocks(to)*l.width]
}

// wholeBlocks is a number of rows rounded up to that of whole blocks.
func wholeBlocks(rows int) int { return (rows + scan.Lanes - 1) / scan.Lanes * scan.Lanes }

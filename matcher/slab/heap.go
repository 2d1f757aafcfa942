package slab

import "slices"

// Small blocks are cut from chunks of this size; those of half of it and more
// have a mapping of their own.
const chunkSize = 256 << 10

// Heap gives out blocks of memory of a few different sizes.
type Heap struct {
	pools  map[int]*pool // by size
	mapped int
}

// Block is memory of a [Heap].
type Block struct {
	Bytes []byte
	of    *chunk // nil: a mapping of its own
}

// pool is the chunks of blocks of one size that have room.
type pool struct{ chunks []*chunk }

type chunk struct {
	mem  []byte
	free [][]byte
	all  int
}

// NewHeap makes an empty heap.
func NewHeap() *Heap { return &Heap{pools: make(map[int]*pool)} }

// Get gives a block of size bytes, whatever they hold. The first huge of them
// lie on large pages if there are enough for some.
func (h *Heap) Get(size, huge int) (Block, error) {
	if size >= chunkSize/2 {
		mem, err := newAligned(size, huge)
		if err != nil {
			return Block{}, err
		}
		h.mapped += len(mem)
		return Block{Bytes: mem[:size]}, nil
	}
	p := h.pools[size]
	if p == nil {
		p = &pool{}
		h.pools[size] = p
	}
	if len(p.chunks) == 0 {
		mem, err := newMapping(chunkSize)
		if err != nil {
			return Block{}, err
		}
		h.mapped += chunkSize
		p.chunks = append(p.chunks, cut(mem, size))
	}
	c := p.chunks[len(p.chunks)-1]
	last := len(c.free) - 1
	b := Block{Bytes: c.free[last], of: c}
	if c.free = c.free[:last]; last == 0 {
		p.chunks = p.chunks[:len(p.chunks)-1]
	}
	return b, nil
}

func cut(mem []byte, size int) *chunk {
	step := (size + 63) &^ 63 // a block starts where a line of the cache does
	c := &chunk{mem: mem}
	for at := len(mem) / step * step; at > 0; at -= step {
		c.free = append(c.free, mem[at-step:at-step+size:at-step+size])
	}
	c.all = len(c.free)
	return c
}

// Put takes a block back. It is not wiped.
func (h *Heap) Put(b Block) {
	c := b.of
	if c == nil {
		h.mapped -= cap(b.Bytes)
		release(b.Bytes[:cap(b.Bytes)])
		return
	}
	p := h.pools[len(b.Bytes)]
	if c.free = append(c.free, b.Bytes); len(c.free) == 1 {
		p.chunks = append(p.chunks, c)
	}
	if len(c.free) == c.all {
		at := slices.Index(p.chunks, c)
		p.chunks = slices.Delete(p.chunks, at, at+1)
		release(c.mem)
		h.mapped -= chunkSize
	}
}

// Mapped is the bytes asked of the system.
func (h *Heap) Mapped() int { return h.mapped }

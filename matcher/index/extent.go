package index

import (
	"math"
	"math/bits"
	"unsafe"

	"oblik/matcher/quant"
	"oblik/matcher/scan"
	"oblik/matcher/slab"
)

// A partition's extents: the first two have 16 rows, each further one twice as
// many as the one before, up to 16,384.
const (
	firstExtent = scan.Lanes
	fullExtent  = 16384
	grown       = 11 // extents until the next one is full size
)

// extentRows is the number of rows of the extent number i.
func extentRows(i int) int {
	if i >= grown {
		return fullExtent
	}
	return firstExtent << max(0, i-1)
}

// extentStart is the first row of the extent number i.
func extentStart(i int) int {
	switch {
	case i == 0:
		return 0
	case i > grown:
		return fullExtent * (1 + i - grown)
	}
	return firstExtent << (i - 1)
}

// locate is the extent that a row is in and its place there.
func locate(row int) (extent, at int) {
	if row >= fullExtent {
		return grown + row/fullExtent - 1, row % fullExtent
	}
	extent = max(0, bits.Len(uint(row/firstExtent)))
	return extent, row - extentStart(extent)
}

// layout is how many bytes a row takes in each plane of an extent.
type layout struct {
	dim   int
	width int // of codes
	high  [quant.Classes]int
}

func newLayout(dim int) layout {
	l := layout{dim: dim, width: scan.Width(dim)}
	for c := range l.high {
		l.high[c] = highSlot(dim, quant.Class(c))
	}
	return l
}

// highSlot is the room for the high bytes of a row: quant keeps one for every
// component of up to 4.5 steps. The components of a unit vector are spread
// about like normal ones of deviation 1/sqrt(dim), so their number is binomial;
// three deviations more than its mean leave room for all but one row in some
// hundreds. The others' are kept aside.
func highSlot(dim int, c quant.Class) int {
	d := float64(dim)
	near := math.Erf(4.5 * c.Step() * math.Sqrt(d/2))
	n := d*near + 3*math.Sqrt(d*near*(1-near))
	return min(dim, int(math.Ceil(n/4))*4)
}

// extent is a stretch of a partition's rows: one block of memory, in planes.
type extent struct {
	block  slab.Block
	codes  []byte   // blocks of 16 rows, as scan reads them
	owners []uint32 // of each row the entry
	low    []byte   // the low byte of each component
	high   []byte   // a slot a row for the high bytes that are kept
}

func newExtent(heap *slab.Heap, l layout, c quant.Class, rows int) (extent, error) {
	codes, owners, low := rows*l.width, rows*4, rows*l.dim
	block, err := heap.Get(codes+owners+low+rows*l.high[c], codes)
	if err != nil {
		return extent{}, err
	}
	mem := block.Bytes
	e := extent{block: block, codes: mem[:codes:codes]}
	e.owners = unsafe.Slice((*uint32)(unsafe.Pointer(&mem[codes])), rows) //nolint:gosec // rows*4 bytes, and codes is a multiple of 64
	e.low = mem[codes+owners:][:low:low]
	e.high = mem[codes+owners+low:]
	return e, nil
}

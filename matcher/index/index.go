package index

import (
	"sync"

	"oblik/matcher"
	"oblik/matcher/quant"
	"oblik/matcher/scan"
	"oblik/matcher/slab"
	"oblik/models"
)

// Index is an exact [matcher.Index]. It is safe for concurrent use.
type Index struct {
	// Threads is how many goroutines a large search is divided among; 0 stands
	// for as many as Go runs at once. Set it before the first search.
	Threads int

	format      models.Format
	calibration *matcher.Calibration
	kernel      scan.Kernel
	layout      layout
	queue       queue
	reading     sync.Locker // mu for a search, which takes it again and again
	stepRows    int

	mu      sync.RWMutex // of all below; never held for longer than a step of a search or one change
	ids     *ids
	people  *persons
	entries *entries
	sets    *sets
	heap    *slab.Heap
	parts   []*partition              // by number, from 1 on; nil where free
	mixed   [quant.Classes]*partition // of the sets without their own
	aside   map[uint32][]byte         // high bytes that don't fit their slot, by entry
	rows    int                       // of all partitions
	births  *births
	codes   []int8 // for a row that is moved
}

// New makes an empty index of one format. [models.Invalid] says that
// [scan.Variable] names a kernel that this CPU has not got.
func New(format models.Format, calibration *matcher.Calibration) (*Index, error) {
	kernel, err := scan.Choose()
	if err != nil {
		return nil, models.Errorf("index", models.Invalid, "%w", err)
	}
	if format.Dimension < 1 || format.Dimension > matcher.MaxDimension {
		return nil, models.Errorf("index", models.Invalid, "%d dimensions, 1 to %d can be searched", format.Dimension, matcher.MaxDimension)
	}
	x := &Index{
		format: format, calibration: calibration, kernel: kernel, layout: newLayout(format.Dimension),
		ids: newIDs(), sets: newSets(), heap: slab.NewHeap(), births: newBirths(),
		parts: make([]*partition, 1), aside: make(map[uint32][]byte), codes: make([]int8, format.Dimension),
	}
	x.reading, x.stepRows = x.mu.RLocker(), stepRows
	x.people = newPersons(x.ids)
	x.entries = newEntries(x.ids, x.people)
	return x, nil
}

// Kernel is what scans the codes.
func (x *Index) Kernel() scan.Kernel { return x.kernel }

// Len implements [matcher.Index].
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.entries.held
}

// Reset implements [matcher.Index].
func (x *Index) Reset() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, p := range x.parts[1:] {
		if p != nil {
			p.reset(x.heap)
		}
	}
	x.ids.reset()
	x.people.reset()
	x.entries.reset()
	x.sets, x.heap = newSets(), slab.NewHeap()
	x.parts, x.mixed, x.rows = make([]*partition, 1), [quant.Classes]*partition{}, 0
	for _, high := range x.aside {
		clear(high)
	}
	x.aside = make(map[uint32][]byte)
}

// Stats is what an index holds.
type Stats struct {
	Encounters int
	People     int
	Rows       int // templates that are searched
	Partitions int
	Mapped     int // bytes asked of the system outside Go's heap; those never touched cost nothing
}

// Stats tells what the index holds now.
func (x *Index) Stats() Stats {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := Stats{Encounters: x.entries.held, People: x.people.people.Used(), Rows: x.rows}
	for _, p := range x.parts[1:] {
		if p != nil {
			s.Partitions++
		}
	}
	s.Mapped = x.heap.Mapped() + x.ids.mapped() + x.people.people.Mapped() + x.people.heads.Mapped() + x.entries.table.Mapped()
	return s
}

package slab

import (
	"math"
	"unsafe"

	"oblik/models"
)

// Table is slots of one size, named by numbers from 1 on; 0 names none. A slot
// that is freed is used again; the memory goes back to the system when the
// last one is freed.
type Table struct {
	slot  int
	limit uint32 // the greatest number
	mem   []byte
	next  uint32 // the number after the greatest that was ever given
	free  uint32 // a freed slot, whose first bytes name the next one
	used  int
}

// NewTable makes a table of slots of so many bytes, a multiple of 4 from 4 on,
// with numbers up to limit.
func NewTable(slot int, limit uint32) Table {
	if slot < 4 || slot%4 != 0 {
		panic("slab: a slot's size is not a multiple of 4")
	}
	return Table{slot: slot, limit: min(limit, math.MaxUint32-1), next: 1}
}

// Reserve makes sure that n calls of [Table.New] have room. It costs no memory
// before they are made. [models.Unavailable] says that there is no more.
func (t *Table) Reserve(n int) error {
	last := int(t.next) - 1 + n // freed slots are not counted: that would cost more than it saves
	if last > int(t.limit) && t.used+n > int(t.limit) {
		return models.Errorf("memory", models.Unavailable, "a table has its %d entries", t.limit)
	}
	need := (min(last, int(t.limit)) + 1) * t.slot
	if need <= len(t.mem) {
		return nil
	}
	mem, err := grow(t.mem, pages(max(need, len(t.mem)+len(t.mem)/4, 1<<16)))
	if err != nil {
		return err
	}
	t.mem = mem
	return nil
}

// New gives the number of a slot of zeroes. Room for it must have been reserved.
func (t *Table) New() uint32 {
	t.used++
	if i := t.free; i != 0 {
		first := At[uint32](t, i)
		t.free, *first = *first, 0
		return i
	}
	t.next++
	return t.next - 1
}

// Free wipes a slot and gives it to whoever is next.
func (t *Table) Free(i uint32) {
	if t.used--; t.used == 0 {
		t.Reset()
		return
	}
	clear(t.Bytes(i))
	*At[uint32](t, i) = t.free
	t.free = i
}

// Reset frees all slots.
func (t *Table) Reset() {
	release(t.mem)
	*t = NewTable(t.slot, t.limit)
}

// Bytes is a slot. It is valid until the next call of Reserve, Free or Reset.
func (t *Table) Bytes(i uint32) []byte {
	at := int(i) * t.slot
	return t.mem[at : at+t.slot : at+t.slot]
}

// At is a slot as a T, which must fit it and hold no pointers. It is valid as
// long as [Table.Bytes] is.
func At[T any](t *Table, i uint32) *T {
	return (*T)(unsafe.Pointer(unsafe.SliceData(t.Bytes(i)))) //nolint:gosec // of a slot that is aligned to 4 bytes and as long
}

// Used is the number of slots in use.
func (t *Table) Used() int { return t.used }

// Mapped is the bytes asked of the system. Those not touched yet cost nothing.
func (t *Table) Mapped() int { return len(t.mem) }

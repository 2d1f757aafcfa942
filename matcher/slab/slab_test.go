package slab

import (
	"math/rand/v2"
	"testing"

	"oblik/models"
)

// A table gives out each slot once, zeroed, keeps what is written there while
// it grows, and gives its memory back in the end.
func TestTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	table := NewTable(12, 1<<20)
	held := make(map[uint32]byte)
	for range 60_000 {
		if r.IntN(3) > 0 {
			if err := table.Reserve(1); err != nil {
				t.Fatal(err)
			}
			i := table.New()
			if _, ok := held[i]; ok || i == 0 {
				t.Fatalf("slot %d was given twice", i)
			}
			for _, b := range table.Bytes(i) {
				if b != 0 {
					t.Fatalf("slot %d is not wiped", i)
				}
			}
			held[i] = byte(r.Uint32())
			table.Bytes(i)[11] = held[i]
			continue
		}
		for i, b := range held {
			if table.Bytes(i)[11] != b {
				t.Fatalf("slot %d changed", i)
			}
			table.Free(i)
			delete(held, i)
			break
		}
	}
	if table.Used() != len(held) {
		t.Errorf("%d used, want %d", table.Used(), len(held))
	}
	for i, b := range held {
		if table.Bytes(i)[11] != b {
			t.Fatalf("slot %d changed", i)
		}
		table.Free(i)
	}
	if table.Mapped() != 0 {
		t.Errorf("%d bytes stay mapped", table.Mapped())
	}
}

func TestTableIsFull(t *testing.T) {
	table := NewTable(4, 3)
	for range 3 {
		if err := table.Reserve(1); err != nil {
			t.Fatal(err)
		}
		table.New()
	}
	if err := table.Reserve(1); models.KindOf(err) != models.Unavailable {
		t.Errorf("a fourth of three slots: %v", err)
	}
	table.Free(2)
	if err := table.Reserve(1); err != nil {
		t.Errorf("a slot that was freed: %v", err)
	}
	if i := table.New(); i != 2 {
		t.Errorf("slot %d, want the one that was freed", i)
	}
	table.Reset()
}

// No two blocks share a byte, and all memory goes back.
func TestHeap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	h := NewHeap()
	sizes := []int{4544, 9088, 100_000, 600_000, 4_700_000}
	type held struct {
		Block
		mark byte
	}
	var blocks []held
	for range 4000 {
		if r.IntN(2) == 0 {
			b, err := h.Get(sizes[r.IntN(len(sizes))], hugePage)
			if err != nil {
				t.Fatal(err)
			}
			mark := byte(r.Uint32())
			b.Bytes[0], b.Bytes[len(b.Bytes)-1] = mark, mark
			blocks = append(blocks, held{b, mark})
		}
		if len(blocks) == 0 || (len(blocks) < 50 && r.IntN(2) == 0) {
			continue
		}
		at := r.IntN(len(blocks))
		b := blocks[at]
		if b.Bytes[0] != b.mark || b.Bytes[len(b.Bytes)-1] != b.mark {
			t.Fatal("a block was written to by another's holder")
		}
		h.Put(b.Block)
		blocks[at] = blocks[len(blocks)-1]
		blocks = blocks[:len(blocks)-1]
	}
	for _, b := range blocks {
		h.Put(b.Block)
	}
	if h.Mapped() != 0 {
		t.Errorf("%d bytes stay mapped", h.Mapped())
	}
}

func TestNoMemory(t *testing.T) {
	if _, err := NewHeap().Get(1<<62, 0); models.KindOf(err) != models.Unavailable {
		t.Errorf("2^62 bytes: %v", err)
	}
	table := NewTable(1<<20, 1<<31)
	if err := table.Reserve(1 << 30); models.KindOf(err) != models.Unavailable {
		t.Errorf("2^50 bytes: %v", err)
	}
}

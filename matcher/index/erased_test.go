package index

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"oblik/matcher"
	"oblik/matcher/scan"
	"oblik/models"
)

// What was removed does not linger, wherever its row was.
func TestErasedIsWiped(t *testing.T) {
	x := register(t, 40)
	defer x.Reset()
	r := rand.New(rand.NewPCG(9, 40))
	for i := range 40 {
		e := someone(t, r, i)
		secret := pack(mustHalves(t, e.Templates[0])).low
		if !lies(x, secret) {
			t.Fatal("a template that is held is not found: the test sees nothing")
		}
		if err := x.Remove(e.Key); err != nil {
			t.Fatal(err)
		}
		if lies(x, secret) {
			t.Fatalf("template %d is still in memory", i)
		}
		emptyBehind(t, x)
	}
}

// lies reports whether the bytes are anywhere in the memory of rows, in use or
// not. Blocks that are free are looked at through the partitions' last extents.
func lies(x *Index, secret []byte) bool {
	for _, p := range x.parts[1:] {
		if p == nil {
			continue // all its memory went back
		}
		for _, e := range p.extents {
			if bytes.Contains(e.block.Bytes, secret) {
				return true
			}
		}
	}
	return false
}

// emptyBehind fails the test if anything is left behind the last row of a
// partition, as far as one has ever been there.
func emptyBehind(t *testing.T, x *Index) {
	t.Helper()
	codes := make([]int8, x.layout.dim)
	for _, p := range x.parts[1:] {
		if p == nil {
			continue
		}
		for n := p.rows; n < extentStart(len(p.extents)) && n < 40; n++ {
			r := p.row(x.layout, n)
			if scan.Get(r.block, r.lane, codes); slices.ContainsFunc(codes, func(c int8) bool { return c != 0 && c != -128 }) { // -128: never a row's
				t.Fatalf("row %d has codes", n)
			}
			if *r.owner != 0 || slices.ContainsFunc(r.low, isSet) || slices.ContainsFunc(r.high, isSet) {
				t.Fatalf("row %d has bytes or an owner", n)
			}
		}
	}
}

func isSet(b byte) bool { return b != 0 }

// High bytes that have no room in a row are wiped as well.
func TestErasedAsideIsWiped(t *testing.T) {
	for name, erase := range map[string]func(*Index, models.EncounterKey) error{
		"removed": func(x *Index, k models.EncounterKey) error { return x.Remove(k) },
		"reset":   func(x *Index, _ models.EncounterKey) error { x.Reset(); return nil },
	} {
		x := register(t, 1)
		defer x.Reset()
		e := someone(t, rand.New(rand.NewPCG(1, 1)), 2)
		flat := make([]float32, 128) // hardly a component but one is more than 4 steps
		for i := range flat {
			flat[i] = 1e-3
		}
		flat[0] = 1
		var err error
		if e.Templates[0], err = matcher.Encode("suite", flat); err != nil {
			t.Fatal(err)
		}
		if err := x.Put(e); err != nil {
			t.Fatal(err)
		}
		var kept []byte
		for _, kept = range x.aside { // the only one
		}
		if !slices.ContainsFunc(kept, isSet) {
			t.Fatalf("%s: nothing is kept aside: the test sees nothing", name)
		}
		if err := erase(x, e.Key); err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(kept, isSet) {
			t.Errorf("%s: the bytes aside are still in memory", name)
		}
	}
}

func mustHalves(t *testing.T, template models.Template) []uint16 {
	t.Helper()
	halves, err := matcher.Halves(template)
	if err != nil {
		t.Fatal(err)
	}
	return halves
}

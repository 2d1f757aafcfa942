package quant

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkPack(b *testing.B) {
	x := stored(normal(rand.New(rand.NewPCG(1, 2)), 128), 1)
	codes, low, high := make([]int8, 128), make([]byte, 128), make([]byte, 0, 128)
	for b.Loop() {
		Pack(x, codes, low, high)
	}
}

func BenchmarkUnpack(b *testing.B) {
	x := stored(normal(rand.New(rand.NewPCG(1, 2)), 128), 1)
	p := pack(x)
	for b.Loop() {
		Unpack(p.class, p.codes, p.low, p.high, x)
	}
}

func BenchmarkNewProbe(b *testing.B) {
	v := unit(b, stored(normal(rand.New(rand.NewPCG(1, 2)), 128), 1))
	for b.Loop() {
		NewProbe(v)
	}
}

func BenchmarkCut(b *testing.B) {
	p := NewProbe(unit(b, stored(normal(rand.New(rand.NewPCG(1, 2)), 128), 1)))
	s := 0.3
	for b.Loop() {
		p.Cut(3, s)
		s = 0.7 - s
	}
}

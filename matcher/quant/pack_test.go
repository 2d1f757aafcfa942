package quant

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/x448/float16"
	"pgregory.net/rapid"
)

// limit is the float16 bits of the first magnitude that no class holds.
var limit = float16.Fromfloat32(127.5 / 64).Bits()

// packed is a row in its parts.
type packed struct {
	class     Class
	codes     []int8
	low, high []byte
}

func pack(x []uint16) packed {
	p := packed{codes: make([]int8, len(x)), low: make([]byte, len(x))}
	p.class, p.high = Pack(x, p.codes, p.low, nil)
	return p
}

// checkPack fails the test unless x comes back and its codes are what the
// proof takes them for.
func checkPack(t rapid.TB, x []uint16) {
	t.Helper()
	p := pack(x)
	step, near := p.class.Step(), 0
	for i, bits := range x {
		value := float64(float16.Frombits(bits).Float32())
		if p.codes[i] == -128 || math.Abs(value-step*float64(p.codes[i])) > step/2 {
			t.Fatalf("class %d: the code of %g is %d", p.class, value, p.codes[i])
		}
		if math.Abs(value) < 4.5*step {
			near++
		}
	}
	if len(p.high) != near {
		t.Fatalf("%d high bytes are kept, want %d", len(p.high), near)
	}
	back := make([]uint16, len(x))
	if !Unpack(p.class, p.codes, p.low, append(p.high, 1, 2, 3), back) || !slices.Equal(back, x) {
		t.Fatalf("class %d: %x came back as %x", p.class, x, back)
	}
	if near > 0 && Unpack(p.class, p.codes, p.low, p.high[:near-1], back) {
		t.Fatal("a high byte is missing and nobody minded")
	}
}

// TestPackKeepsEveryFloat16 has each value beside one that brings the row into
// each class that can hold it.
func TestPackKeepsEveryFloat16(t *testing.T) {
	for class := range Class(Classes) {
		greatest := limit - 1 - uint16(class)<<exponent
		for bits := range greatest + 1 {
			x := []uint16{bits, greatest, bits | signBit}
			if p := pack(x); p.class != class {
				t.Fatalf("a row up to %g is of class %d, want %d", float16.Frombits(greatest).Float32(), p.class, class)
			}
			checkPack(t, x)
		}
	}
}

func TestClassIsTheSmallestStep(t *testing.T) {
	for class := range Class(Classes) {
		beyond := float16.Fromfloat32(float32(127.5 * class.Step())).Bits()
		if got := pack([]uint16{beyond - 1}).class; got != class {
			t.Errorf("just within class %d: class %d", class, got)
		}
		if class == 0 {
			continue
		}
		if got := pack([]uint16{beyond | signBit}).class; got != class-1 {
			t.Errorf("just beyond class %d: class %d", class, got)
		}
	}
}

func TestPackRefusesWhatNoClassHolds(t *testing.T) {
	for _, bits := range []uint16{limit, limit | signBit, 0x7C00, 0x7E00, 0xFFFF} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%x was packed", bits)
				}
			}()
			pack([]uint16{0, bits})
		}()
	}
}

func TestPackKeepsAnyVector(t *testing.T) {
	component := rapid.Custom(func(t *rapid.T) uint16 {
		return rapid.Uint16Range(0, limit-1).Draw(t, "magnitude") | rapid.SampledFrom([]uint16{0, signBit}).Draw(t, "sign")
	})
	rapid.Check(t, func(t *rapid.T) {
		checkPack(t, rapid.SliceOfN(component, 0, 200).Draw(t, "x"))
	})
}

func TestPackKeepsPlainVectors(t *testing.T) {
	one := float16.Fromfloat32(1).Bits()
	for name, x := range map[string][]uint16{
		"none":       {},
		"zeros":      make([]uint16, 128),
		"minus zero": slices.Repeat([]uint16{signBit}, 128),
		"one-hot":    append(make([]uint16, 127), one),
		"minus one":  append(make([]uint16, 127), one|signBit),
		"all equal":  slices.Repeat([]uint16{float16.Fromfloat32(0.0883883476).Bits()}, 128),
		"subnormal":  {1, 0x3FF, signBit | 1, one},
	} {
		t.Run(name, func(t *testing.T) { checkPack(t, x) })
	}
}

func TestUnpackMindsTheLengths(t *testing.T) {
	x := make([]uint16, 3)
	for name, p := range map[string]packed{
		"a code too few":     {0, []int8{9, 9}, make([]byte, 3), nil},
		"a low byte too few": {0, []int8{9, 9, 9}, make([]byte, 2), nil},
		"no high bytes":      {0, []int8{9, 4, 9}, make([]byte, 3), nil},
		"no such class":      {Classes, []int8{9, 9, 9}, make([]byte, 3), nil},
	} {
		if Unpack(p.class, p.codes, p.low, p.high, x) {
			t.Errorf("%s: unpacked", name)
		}
	}
}

// FuzzPack takes any bytes for float16, brought within limits.
func FuzzPack(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0x80, 1, 0, 0xFF, 0x3B, 0, 0x3C})
	f.Fuzz(func(t *testing.T, data []byte) {
		var x []uint16
		for ; len(data) >= 2 && len(x) < 4096; data = data[2:] {
			bits := binary.LittleEndian.Uint16(data)
			x = append(x, bits&signBit|(bits&^signBit)%limit)
		}
		checkPack(t, x)
	})
}

// FuzzUnpack: parts that Pack never made are refused or give some vector.
func FuzzUnpack(f *testing.F) {
	f.Add(uint8(4), []byte{0x80, 5, 4, 127}, []byte{1, 2, 3, 4}, []byte{9})
	f.Fuzz(func(t *testing.T, class uint8, codes, low, high []byte) {
		x, k := make([]uint16, len(low)), make([]int8, len(codes))
		for i, c := range codes {
			k[i] = int8(c)
		}
		if Unpack(Class(class), k, low, high, x) && len(codes) != len(low) {
			t.Fatal("unpacked parts of different lengths")
		}
	})
}

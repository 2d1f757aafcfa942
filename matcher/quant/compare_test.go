package quant

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/rand/v2"

	"github.com/x448/float16"
	"pgregory.net/rapid"

	"oblik/matcher"
	"oblik/models"
)

var dimensions = []int{4, 5, 127, 128, 512}

// unit decodes a stored vector as every comparison does.
func unit(t rapid.TB, x []uint16) []float32 {
	t.Helper()
	data := append([]byte("OBLT\x01\x01w"), 0, 0)
	binary.LittleEndian.PutUint16(data[7:], uint16(len(x)))
	for _, bits := range x {
		data = binary.LittleEndian.AppendUint16(data, bits)
	}
	data = binary.LittleEndian.AppendUint32(data, crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)))
	v, err := matcher.Vector(models.Template{Format: models.Format{Weights: "w", Dimension: len(x)}, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// stored is v at the given length in float16.
func stored(v []float64, length float64) []uint16 {
	var square float64
	for _, x := range v {
		square += x * x
	}
	bits := make([]uint16, len(v))
	for i, x := range v {
		bits[i] = float16.Fromfloat32(float32(x / math.Sqrt(square) * length)).Bits()
	}
	return bits
}

func normal(r *rand.Rand, dim int) []float64 {
	v := make([]float64, dim)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

// compared is a probe and a row: the exact similarity and the integer one.
type compared struct {
	probe Probe
	class Class
	dot   int32
	exact float64
}

func compare(t rapid.TB, v []float32, x []uint16) compared {
	t.Helper()
	row, u := pack(x), unit(t, x)
	c := compared{probe: NewProbe(v), class: row.class}
	for i := range v {
		c.exact += float64(v[i]) * float64(u[i])
		c.dot += int32(c.probe.Codes[i]) * int32(row.codes[i])
	}
	c.exact = max(-1, min(1, c.exact))
	return c
}

// checkBounds fails the test unless the exact similarity is within the bounds
// and the cut at it lets the row through.
func checkBounds(t rapid.TB, c compared) {
	t.Helper()
	if lo, hi := c.probe.Bounds(c.class, c.dot); !(lo <= c.exact && c.exact <= hi) || lo < -1 || hi > 1 {
		t.Fatalf("%d dimensions, class %d: %.9f is not within %.9f..%.9f", len(c.probe.Codes), c.class, c.exact, lo, hi)
	}
	if cut := c.probe.Cut(c.class, c.exact); c.dot < cut {
		t.Fatalf("the cut at %.9f is %d, the row has %d", c.exact, cut, c.dot)
	}
}

package weights

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// quantised is what a DequantizeLinear node over blocks reads. Elements lie
// row by row: outer rows of length elements along the axis, inner of each.
type quantised struct {
	values, zeros, scales []byte // int8, int8, float32
	dims                  []int64
	outer, length, inner  int
	block, blocks         int // elements in a block, blocks along the axis
}

// quantised gathers and checks a node's three inputs.
func (e *expansion) quantised(n node) (q quantised, err error) {
	if len(n.inputs) != 3 || len(n.outputs) != 1 {
		return q, fmt.Errorf("%d inputs and %d outputs, expected values, scales, zero points and one output", len(n.inputs), len(n.outputs))
	}
	values, err := e.constant(n.inputs[0], typeInt8, 1)
	if err != nil {
		return q, err
	}
	scales, err := e.constant(n.inputs[1], typeFloat, 4)
	if err != nil {
		return q, err
	}
	zeros, err := e.constant(n.inputs[2], typeInt8, 1)
	if err != nil {
		return q, err
	}
	axis, block := n.intAttribute("axis", 1), n.intAttribute("block_size", 0)
	rank := int64(len(values.dims))
	if axis < 0 {
		axis += rank
	}
	if axis < 0 || axis >= rank || block < 1 || block > maxElements {
		return q, fmt.Errorf("axis %d, block_size %d of a tensor of rank %d", axis, block, rank)
	}
	length := values.dims[axis]
	want := slices.Clone(values.dims)
	want[axis] = (length + block - 1) / block
	if !slices.Equal(scales.dims, want) || !slices.Equal(zeros.dims, want) {
		return q, fmt.Errorf("scales %v and zero points %v, expected %v", scales.dims, zeros.dims, want)
	}
	q = quantised{values: values.data, zeros: zeros.data, scales: scales.data, dims: values.dims,
		outer: 1, length: int(length), inner: 1, block: int(block), blocks: int(want[axis])}
	for i, d := range values.dims {
		if int64(i) < axis {
			q.outer *= int(d)
		} else if int64(i) > axis {
			q.inner *= int(d)
		}
	}
	return q, nil
}

// constant is an initializer of the given type whose raw data has exactly the
// bytes its dimensions ask for.
func (e *expansion) constant(name string, kind int64, width int) (tensor, error) {
	t, ok := e.given[name]
	if !ok {
		return t, fmt.Errorf("%.80q is not an initializer", name)
	}
	count, err := elements(t.dims)
	if err != nil {
		return t, fmt.Errorf("%.80q: %w", name, err)
	}
	if t.kind != kind || len(t.data) != count*width {
		return t, fmt.Errorf("%.80q: type %d with %d raw bytes, expected type %d with %d", name, t.kind, len(t.data), kind, count*width)
	}
	return t, nil
}

// expand computes the float32 tensor. One multiplication an element and no
// sum, so the result is the same on every machine.
func (q quantised) expand() []byte {
	out := make([]byte, 0, 4*len(q.values))
	for o := range q.outer {
		for l := range q.length {
			values := q.values[(o*q.length+l)*q.inner:][:q.inner]
			first := (o*q.blocks + l/q.block) * q.inner
			for i, v := range values {
				scale := math.Float32frombits(binary.LittleEndian.Uint32(q.scales[4*(first+i):]))
				step := int(int8(v)) - int(int8(q.zeros[first+i])) //nolint:gosec // the bytes are int8
				out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(step)*scale))
			}
		}
	}
	return out
}

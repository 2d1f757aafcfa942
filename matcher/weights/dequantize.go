package weights

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// float32s is an expanded tensor: little-endian float32, as raw_data holds it.
type float32s struct {
	dims []int64
	data []byte
}

// part is the tensor as an initializer of the graph.
func (t float32s) part(name string) part {
	var head []byte
	for _, d := range t.dims {
		head = appendInt(head, tensorDims, uint64(d)) //nolint:gosec // above 0, see elements
	}
	head = appendInt(head, tensorType, uint64(typeFloat))
	head = appendMessage(head, tensorName, []byte(name))
	head = protowire.AppendTag(head, tensorRaw, protowire.BytesType)
	head = protowire.AppendVarint(head, uint64(len(t.data)))
	outer := protowire.AppendTag(nil, graphInitializer, protowire.BytesType)
	outer = protowire.AppendVarint(outer, uint64(len(head)+len(t.data)))
	return part{head: append(outer, head...), body: t.data}
}

// quantised is what a DequantizeLinear node over blocks reads. Elements lie
// row by row: outer rows of length elements along the axis, inner of each.
type quantised struct {
	values, zeros, scales []byte // int8, int8, float32
	dims                  []int64
	outer, length, inner  int
	block, blocks         int // elements in a block, blocks along the axis
}

// dequantize replaces a node by the tensor it would compute.
func (e *expansion) dequantize(n node) error {
	q, err := e.quantised(n)
	if err != nil {
		return err
	}
	if err := e.spend(len(q.values)); err != nil {
		return err
	}
	return e.add(n.outputs[0], float32s{dims: q.dims, data: q.expand()})
}

// reshape replaces the Reshape of an expanded tensor by the tensor under the
// new dimensions, which share its data.
func (e *expansion) reshape(n node) error {
	from := e.expanded[n.inputs[0]]
	shape, err := e.constant(n.inputs[1], typeInt64, 8)
	if err != nil {
		return err
	}
	dims := make([]int64, len(shape.data)/8)
	if len(dims) > maxRank {
		return fmt.Errorf("%d dimensions, at most %d are accepted", len(dims), maxRank)
	}
	for i := range dims {
		dims[i] = int64(binary.LittleEndian.Uint64(shape.data[8*i:])) //nolint:gosec // ONNX stores int64 so
	}
	count, err := elements(dims)
	if err != nil {
		return err
	}
	if 4*count != len(from.data) {
		return fmt.Errorf("can't reshape %v to %v", from.dims, dims)
	}
	if err := e.spend(count); err != nil { // both may be written
		return err
	}
	return e.add(n.outputs[0], float32s{dims: dims, data: from.data})
}

// spend bounds what a file can make of itself: many nodes may read one tensor.
func (e *expansion) spend(count int) error {
	if e.budget -= count; e.budget < 0 {
		return fmt.Errorf("the file would expand to more than %d bytes", MaxFileBytes)
	}
	return nil
}

func (e *expansion) add(name string, t float32s) error {
	if _, given := e.given[name]; given || e.expanded[name].data != nil || name == "" {
		return fmt.Errorf("%.80q is made twice or has no name", name)
	}
	e.expanded[name] = t
	e.order = append(e.order, name)
	return nil
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

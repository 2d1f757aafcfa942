package weights

import (
	"encoding/binary"
	"fmt"

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

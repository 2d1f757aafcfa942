package weights

import (
	"fmt"
	"slices"

	"oblik/models"
)

// What is written: operator set 13 and IR version 8 are the newest that OpenCV
// 4.6, OpenVINO and ONNX Runtime all read.
const (
	writtenOpset    = 13
	writtenIR       = 8
	newestOpset     = 21 // the first with DequantizeLinear in blocks
	writtenProducer = "oblik"
	writtenDoc      = "Changed: block-quantised weights expanded to float32, Dropout removed, operator set 13."
)

// portable names the operators whose meaning in operator set 21 is that in 13,
// each with the attributes that were added between and would change it.
var portable = map[string][]string{
	"Add": nil, "BatchNormalization": {"training_mode"}, "Constant": nil, "Conv": nil, "Flatten": nil, "Gemm": nil,
	"MaxPool": nil, "Mul": nil, "PRelu": nil, "Relu": nil, "Reshape": {"allowzero"},
	"Resize": {"antialias", "axes", "keep_aspect_ratio_policy"}, "Sigmoid": nil, "Sub": nil, "Transpose": nil,
}

// Expand turns a block-quantised ONNX file ("int8bq") into one that old
// runtimes read. Each DequantizeLinear over blocks, with the Reshape that may
// follow, becomes one float32 initializer
//
//	w[i] = (q[i] - zero[b]) * scale[b]
//
// where block b of a row along the node's axis covers block_size elements, the
// last one possibly fewer. Dropout nodes and what nothing uses any more are
// dropped, and so are shapes of values inside the graph (value_info), which
// hold for one input size only. The rest is copied byte for byte. The same
// input gives the same output, on every machine.
//
// The error is of kind [models.Invalid]. Memory: the input, four times its
// quantised part, and the output, of at most [MaxFileBytes].
func Expand(file []byte) ([]byte, error) {
	g, err := parseONNX(file)
	if err != nil {
		return nil, models.Errorf("weights.Expand", models.Invalid, "%w", err)
	}
	if g.opset < writtenOpset || g.opset > newestOpset {
		return nil, models.Errorf("weights.Expand", models.Invalid, "operator set %d, only %d to %d are understood", g.opset, writtenOpset, newestOpset)
	}
	e := newExpansion(g)
	for i, n := range g.nodes {
		if err := e.node(n); err != nil {
			return nil, models.Errorf("weights.Expand", models.Invalid, "node %d (%.80q): %w", i, n.op, err)
		}
	}
	if err := e.finish(); err != nil {
		return nil, models.Errorf("weights.Expand", models.Invalid, "%w", err)
	}
	return e.write(), nil
}

// expansion is the graph while it is rewritten.
type expansion struct {
	source   graph
	given    map[string]tensor   // the source's initializers
	expanded map[string]float32s // by name; those of the kept order below
	order    []string            // names of expanded, in the nodes' order
	renamed  map[string]string   // a Dropout's output: its input
	nodes    []node              // kept, inputs renamed
	inputs   []value             // kept: one
	used     map[string]bool     // names that kept nodes and outputs read
	budget   int                 // elements that may still be expanded
}

func newExpansion(g graph) *expansion {
	e := &expansion{source: g, given: make(map[string]tensor, len(g.initializers)), expanded: map[string]float32s{},
		renamed: map[string]string{}, used: map[string]bool{}, budget: maxElements}
	for _, t := range g.initializers {
		e.given[t.name] = t
	}
	return e
}

// node folds, drops or keeps one node.
func (e *expansion) node(n node) error {
	if n.domain != "" && n.domain != "ai.onnx" {
		return fmt.Errorf("operators of the domain %.80q are not understood", n.domain)
	}
	if len(n.outputs) == 0 {
		return fmt.Errorf("it has no output")
	}
	switch {
	case n.op == "DequantizeLinear":
		return e.dequantize(n)
	case n.op == "Dropout":
		return e.dropout(n)
	case n.op == "Reshape" && len(n.inputs) == 2 && e.expanded[n.inputs[0]].data != nil:
		return e.reshape(n)
	}
	later, ok := portable[n.op]
	if !ok {
		return fmt.Errorf("the operator is not among those that mean the same in operator set %d", writtenOpset)
	}
	for _, a := range n.attributes {
		if slices.Contains(later, a.name) {
			return fmt.Errorf("attribute %s does not exist in operator set %d", a.name, writtenOpset)
		}
	}
	e.nodes = append(e.nodes, e.rename(n))
	return nil
}

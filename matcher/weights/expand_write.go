package weights

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// finish drops what nothing reads and checks that the rest is a graph.
func (e *expansion) finish() error {
	for _, n := range e.nodes {
		e.use(n.inputs)
	}
	for _, v := range e.source.outputs {
		e.used[v.name] = true
	}
	e.nodes = slices.DeleteFunc(e.nodes, func(n node) bool {
		return n.op == "Constant" && !slices.ContainsFunc(n.outputs, func(s string) bool { return e.used[s] })
	})
	// The quantiser leaves the tensors it replaced listed as inputs.
	e.inputs = slices.DeleteFunc(slices.Clone(e.source.inputs), func(v value) bool { return !e.used[v.name] })
	if len(e.inputs) != 1 {
		return fmt.Errorf("%d inputs that are not initializers, expected 1: %.200q", len(e.inputs), names(e.inputs))
	}
	return e.checkOrder()
}

// checkOrder holds the graph to ONNX's order: made once, and before it is read.
func (e *expansion) checkOrder() error {
	made := map[string]bool{"": true, e.inputs[0].name: true} // "" is an optional input left out
	for name := range e.given {
		made[name] = true
	}
	for name := range e.expanded {
		made[name] = true
	}
	for _, n := range e.nodes {
		for _, name := range n.inputs {
			if !made[name] {
				return fmt.Errorf("a %.80q node reads %.80q before it is made", n.op, name)
			}
		}
		for _, name := range n.outputs {
			if made[name] && name != "" {
				return fmt.Errorf("%.80q is made twice", name)
			}
			made[name] = true
		}
	}
	for _, v := range e.source.outputs {
		if !made[v.name] {
			return fmt.Errorf("output %.80q is made by no node that is kept", v.name)
		}
	}
	return nil
}

func (e *expansion) use(names []string) {
	for _, name := range names {
		e.used[name] = true
	}
}

// part is one field of the graph: a header written here and a body that is
// shared with the source or the expanded data, so nothing large is copied twice.
type part struct{ head, body []byte }

func newPart(number protowire.Number, body []byte) part {
	head := protowire.AppendTag(nil, number, protowire.BytesType)
	return part{head: protowire.AppendVarint(head, uint64(len(body))), body: body}
}

// write serialises the model.
func (e *expansion) write() []byte {
	var parts []part
	for _, n := range e.nodes {
		parts = append(parts, newPart(graphNode, n.raw))
	}
	parts = append(parts, newPart(graphName, []byte(e.source.name)))
	for _, t := range e.source.initializers {
		if e.used[t.name] {
			parts = append(parts, newPart(graphInitializer, t.raw))
		}
	}
	for _, name := range e.order {
		if e.used[name] {
			parts = append(parts, e.expanded[name].part(name))
		}
	}
	parts = append(parts, newPart(graphInput, e.inputs[0].raw))
	for _, v := range e.source.outputs {
		parts = append(parts, newPart(graphOutput, v.raw))
	}
	size := 0
	for _, p := range parts {
		size += len(p.head) + len(p.body)
	}
	out := make([]byte, 0, size+512) // the model's own fields take less
	out = appendInt(out, modelIR, writtenIR)
	out = appendMessage(out, modelProducer, []byte(writtenProducer))
	out = appendMessage(out, modelDoc, []byte(writtenDoc))
	out = protowire.AppendTag(out, modelGraph, protowire.BytesType)
	out = protowire.AppendVarint(out, uint64(size))
	for _, p := range parts {
		out = append(append(out, p.head...), p.body...)
	}
	return appendMessage(out, modelOpset, appendInt(appendMessage(nil, opsetDomain, nil), opsetVersion, writtenOpset))
}

package weights

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// dropout lets its readers read its input; it does nothing outside training.
func (e *expansion) dropout(n node) error {
	if len(n.inputs) == 0 || len(n.outputs) != 1 {
		return fmt.Errorf("it has %d inputs and %d outputs", len(n.inputs), len(n.outputs))
	}
	from := n.inputs[0]
	if earlier, ok := e.renamed[from]; ok {
		from = earlier
	}
	e.renamed[n.outputs[0]] = from
	return nil
}

// rename gives n with inputs that a dropped node made replaced.
func (e *expansion) rename(n node) node {
	if !slices.ContainsFunc(n.inputs, func(s string) bool { _, ok := e.renamed[s]; return ok }) {
		return n
	}
	var raw []byte
	inputs := slices.Clone(n.inputs)
	for i, name := range inputs {
		if to, ok := e.renamed[name]; ok {
			inputs[i] = to
		}
		raw = appendMessage(raw, nodeInput, []byte(inputs[i]))
	}
	// The fields were read before, so they can be read again.
	for rest := n.raw; len(rest) > 0; {
		number, _, length := protowire.ConsumeField(rest)
		if number != nodeInput {
			raw = append(raw, rest[:length]...)
		}
		rest = rest[length:]
	}
	n.raw, n.inputs = raw, inputs
	return n
}

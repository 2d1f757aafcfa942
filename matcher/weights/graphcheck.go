package weights

import (
	"fmt"
	"slices"
)

// checkGraph compares what a file's graph declares with its manifest: one
// input of the right name, type and size, and the right outputs. A batch size
// the file leaves open is accepted; width, height and channels must be fixed.
func checkGraph(file []byte, m Manifest) error {
	g, err := parseONNX(file)
	if err != nil {
		return err
	}
	if len(g.inputs) != 1 || g.inputs[0].name != m.InputName {
		return fmt.Errorf("wrong inputs: expected %q alone, the file has %.200q", m.InputName, names(g.inputs))
	}
	in := g.inputs[0]
	want := []int64{1, 3, int64(m.Input.Height), int64(m.Input.Width)}
	dims := slices.Clone(in.dims)
	if len(dims) > 0 && dims[0] < 1 {
		dims[0] = 1
	}
	if in.elem != typeFloat || !slices.Equal(dims, want) {
		return fmt.Errorf("wrong input size: expected float32 %v, the file has element type %d %v (NCHW, -1 is not fixed)", want, in.elem, in.dims)
	}
	if got := names(g.outputs); !slices.Equal(got, m.Outputs) {
		return fmt.Errorf("wrong outputs: expected %q, the file has %.200q", m.Outputs, got)
	}
	if m.Task != Recognise {
		return nil
	}
	out := g.outputs[0]
	if n := len(out.dims); out.elem != typeFloat || n == 0 || out.dims[n-1] != int64(m.Dimension) && out.dims[n-1] > 0 {
		return fmt.Errorf("wrong dimension: expected float32 vectors of %d, the file has element type %d %v", m.Dimension, out.elem, out.dims)
	}
	return nil
}

func names(values []value) []string {
	list := make([]string, 0, len(values))
	for _, v := range values {
		list = append(list, v.name)
	}
	return list
}

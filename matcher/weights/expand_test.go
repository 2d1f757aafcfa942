package weights

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"oblik/models"
)

func TestExpandComputesAndPrunes(t *testing.T) {
	source := quantisedNet(21, nil)
	got, err := Expand(source)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Expand(slices.Clone(source))
	if err != nil || !bytes.Equal(got, again) {
		t.Fatalf("expanding twice differs (%v)", err)
	}
	g, err := parseONNX(got)
	if err != nil {
		t.Fatal(err)
	}
	var ops []string
	for _, n := range g.nodes {
		ops = append(ops, n.op)
	}
	if want := []string{"Conv", "Flatten"}; !slices.Equal(ops, want) {
		t.Errorf("nodes %v, want %v", ops, want)
	}
	if got := g.nodes[1].inputs; !slices.Equal(got, []string{"c"}) {
		t.Errorf("Flatten reads %v, want the Dropout's input c", got)
	}
	if g.opset != 13 || !slices.Equal(names(g.inputs), []string{"data"}) || g.name != "net" {
		t.Errorf("opset %d, inputs %v, name %q", g.opset, names(g.inputs), g.name)
	}
	if len(g.initializers) != 1 {
		t.Fatalf("%d initializers, want the expanded weights alone", len(g.initializers))
	}
	w := g.initializers[0]
	// Row 0: (1-0)*0.5, (-2-0)*0.5, (127+1)*2; row 1: (-128-2)*1, (0-2)*1, (5-1)*0.25.
	want := floats(0.5, -1, 256, -130, -2, 1)
	if w.name != "w" || w.kind != typeFloat || !slices.Equal(w.dims, []int64{2, 3, 1, 1}) || !bytes.Equal(w.data, want) {
		t.Errorf("initializer %s type %d dims %v data %x, want %x", w.name, w.kind, w.dims, w.data, want)
	}
	if bytes.Contains(got, []byte("q_original")) {
		t.Error("an input that nothing reads was kept")
	}
}

// Blocks along the first axis of two: scales repeat down the rows.
func TestExpandOtherAxis(t *testing.T) {
	for _, axis := range []int{0, -2} {
		got, err := Expand(quantisedNet(21, map[string][]byte{
			"q":  weightsTensor("q", typeInt8, bytesOf(1, 2, 3, 4, 5, 6), 3, 2),
			"s":  weightsTensor("s", typeFloat, floats(1, 10, 100, 1000), 2, 2),
			"z":  weightsTensor("z", typeInt8, bytesOf(0, 0, 0, 1), 2, 2),
			"dq": op("DequantizeLinear", []string{"q", "s", "z"}, []string{"w0"}, intAttr("axis", axis), intAttr("block_size", 2)),
		}))
		if err != nil {
			t.Fatal(err)
		}
		g, err := parseONNX(got)
		if err != nil {
			t.Fatal(err)
		}
		if want := floats(1, 20, 3, 40, 500, 5000); !bytes.Equal(g.initializers[0].data, want) {
			t.Errorf("axis %d: %x, want %x", axis, g.initializers[0].data, want)
		}
	}
}

// Readers of the second Dropout of two read the first one's input.
func TestExpandChainedDropouts(t *testing.T) {
	two := message(op("Dropout", []string{"c", "r"}, []string{"c2"}), op("Dropout", []string{"c2", "r"}, []string{"d"}))
	got, err := Expand(quantisedNet(21, map[string][]byte{"dropout": two}))
	if err != nil {
		t.Fatal(err)
	}
	g, err := parseONNX(got)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.nodes) != 2 || !slices.Equal(g.nodes[1].inputs, []string{"c"}) {
		t.Errorf("%d nodes, the last one reads %v, want c", len(g.nodes), g.nodes[len(g.nodes)-1].inputs)
	}
}

// A bias has no Reshape after it: the node's own output becomes the tensor.
func TestExpandWithoutReshape(t *testing.T) {
	got, err := Expand(quantisedNet(21, map[string][]byte{"reshape": nil, "shape": nil,
		"conv": op("Conv", []string{"data", "w0"}, []string{"c"})}))
	if err != nil {
		t.Fatal(err)
	}
	if g, err := parseONNX(got); err != nil || len(g.initializers) != 1 || g.initializers[0].name != "w0" {
		t.Errorf("initializers %v, %v", g.initializers, err)
	}
}

func TestExpandRefuses(t *testing.T) {
	dq := func(axis, block int) []byte {
		return op("DequantizeLinear", []string{"q", "s", "z"}, []string{"w0"}, intAttr("axis", axis), intAttr("block_size", block))
	}
	part := func(key string, b []byte) []byte { return quantisedNet(21, map[string][]byte{key: b}) }
	good := quantisedNet(21, nil)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":             {nil, "no graph"},
		"text":              {[]byte("this is no ONNX file at all"), "not a"},
		"truncated":         {good[:len(good)/2], "not a sound ONNX file"},
		"two graphs":        {append(slices.Clone(good), good...), "more than one graph"},
		"old opset":         {quantisedNet(12, nil), "operator set 12"},
		"new opset":         {quantisedNet(22, nil), "operator set 22"},
		"functions":         {append(slices.Clone(good), sub(modelFunctions)...), "local functions"},
		"unknown operator":  {part("flatten", op("Loop", []string{"d"}, []string{"fc1"})), "not among those"},
		"later attribute":   {part("flatten", op("Reshape", []string{"d", "ratio"}, []string{"fc1"}, intAttr("allowzero", 1))), "allowzero"},
		"other domain":      {part("flatten", sub(graphNode, str(nodeInput, "d"), str(nodeOutput, "fc1"), str(nodeOp, "Add"), str(nodeDomain, "com.evil"))), "domain"},
		"no output":         {part("flatten", op("Flatten", []string{"d"}, nil)), "no output"},
		"output not made":   {part("flatten", nil), "made by no node"},
		"read before made":  {part("conv", op("Conv", []string{"data", "fc1"}, []string{"c"})), "before it is made"},
		"two inputs":        {part("conv", op("Conv", []string{"data", "q_original"}, []string{"c"})), "2 inputs"},
		"made twice":        {part("const", dq(1, 2)), "made twice"},
		"axis":              {part("dq", dq(2, 2)), "axis 2"},
		"axis below":        {part("dq", dq(-3, 2)), "axis -1"},
		"no block":          {part("dq", dq(1, 0)), "block_size 0"},
		"negative block":    {part("dq", dq(1, -1)), "block_size -1"},
		"scales too few":    {part("s", weightsTensor("s", typeFloat, floats(1, 2), 2, 1)), "expected [2 2]"},
		"zeros of int64":    {part("z", weightsTensor("z", typeInt64, ints(1, 2, 3, 4), 2, 2)), "type 7"},
		"values cut":        {part("q", weightsTensor("q", typeInt8, bytesOf(1, 2), 2, 3)), "2 raw bytes"},
		"values missing":    {part("q", nil), "not an initializer"},
		"negative dim":      {part("q", weightsTensor("q", typeInt8, nil, -2, 3)), "not positive"},
		"zero dim":          {part("q", weightsTensor("q", typeInt8, nil, 0, 3)), "not positive"},
		"overflowing dims":  {part("q", weightsTensor("q", typeInt8, nil, 1<<32, 1<<32)), "more than"},
		"overflow by eight": {part("q", weightsTensor("q", typeInt8, nil, 1<<8, 1<<8, 1<<8, 1<<8, 1<<8, 1<<8, 1<<8, 1<<8)), "more than"},
		"nine dims":         {part("q", weightsTensor("q", typeInt8, nil, 1, 1, 1, 1, 1, 1, 1, 1, 1)), "more than 8"},
		"wrong reshape":     {part("shape", weightsTensor("shape", typeInt64, ints(2, 2), 2)), "can't reshape"},
		"reshape to -1":     {part("shape", weightsTensor("shape", typeInt64, ints(-1, 3), 2)), "not positive"},
		"double tensor":     {part("ratio", weightsTensor("q", typeInt8, bytesOf(1), 1)), "two initializers"},
		"data elsewhere":    {part("ratio", sub(graphInitializer, str(tensorName, "x"), num(tensorLocation, 1))), "another file"},
		"long name":         {part("name", str(graphName, strings.Repeat("n", maxONNXName+1))), "name of 1025 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Expand(c.file)
			if err == nil || models.KindOf(err) != models.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error of kind invalid with %q", err, c.want)
			}
		})
	}
}

// Many Reshapes of one tensor would multiply it: the sum is bounded before
// anything is written.
func TestExpandBoundsTheSum(t *testing.T) {
	const side, copies = 1 << 10, maxElements/(1<<20) + 1
	shape := weightsTensor("shape", typeInt64, ints(side, side), 2)
	var reshapes []byte
	for i := range copies {
		reshapes = append(reshapes, op("Reshape", []string{"w0", "shape"}, []string{"w" + strings.Repeat("x", i)})...)
	}
	_, err := Expand(quantisedNet(21, map[string][]byte{"shape": shape, "reshape": reshapes,
		"q":  weightsTensor("q", typeInt8, make([]byte, side*side), side, side),
		"s":  weightsTensor("s", typeFloat, make([]byte, 4*side), side, 1),
		"z":  weightsTensor("z", typeInt8, make([]byte, side), side, 1),
		"dq": op("DequantizeLinear", []string{"q", "s", "z"}, []string{"w0"}, intAttr("axis", 1), intAttr("block_size", side))}))
	if err == nil || !strings.Contains(err.Error(), "would expand to more than") {
		t.Errorf("got %v", err)
	}
}

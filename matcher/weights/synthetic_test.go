package weights

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// The tests build ONNX files of a few hundred bytes field by field, so that
// each can be wrong in one place.

// The shipped weights.
const (
	yunet = "yunet-2023mar-int8bq"
	sface = "sface-2021dec-int8bq"
)

func message(fields ...[]byte) []byte {
	var b []byte
	for _, f := range fields {
		b = append(b, f...)
	}
	return b
}

func num(n int32, v int) []byte { return appendInt(nil, protowire.Number(n), uint64(v)) }
func sub(n int32, body ...[]byte) []byte {
	return appendMessage(nil, protowire.Number(n), message(body...))
}
func str(n int32, s string) []byte { return sub(n, []byte(s)) }

func model(opset int, graphFields ...[]byte) []byte {
	return message(num(modelIR, 6), sub(modelGraph, graphFields...), sub(modelOpset, num(opsetVersion, opset)))
}

func op(kind string, inputs, outputs []string, attributes ...[]byte) []byte {
	var f [][]byte
	for _, s := range inputs {
		f = append(f, str(nodeInput, s))
	}
	for _, s := range outputs {
		f = append(f, str(nodeOutput, s))
	}
	return sub(graphNode, message(f...), str(nodeOp, kind), message(attributes...))
}

func intAttr(name string, v int) []byte {
	return sub(nodeAttribute, str(attributeName, name), num(attributeInt, v))
}

func weightsTensor(name string, kind int64, data []byte, dims ...int) []byte {
	var f []byte
	for _, d := range dims {
		f = append(f, num(tensorDims, d)...)
	}
	return sub(graphInitializer, f, num(tensorType, int(kind)), str(tensorName, name), sub(tensorRaw, data))
}

func valueInfo(field int32, name string, dims ...int) []byte {
	var shape []byte
	for _, d := range dims {
		if d < 0 {
			shape = append(shape, sub(shapeDim, str(2, "N"))...)
			continue
		}
		shape = append(shape, sub(shapeDim, num(dimValue, d))...)
	}
	return sub(field, str(valueName, name), sub(valueType, sub(typeTensor, num(tensorTypeElem, int(typeFloat)), sub(tensorTypeShape, shape))))
}

func floats(v ...float32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func ints(v ...int64) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	return b
}

func bytesOf(v ...int8) []byte {
	b := make([]byte, len(v))
	for i, x := range v {
		b[i] = byte(x)
	}
	return b
}

// quantisedParts is a block-quantised net in pieces: weights of 2x3 in blocks
// of 2, so the last block of each row is short, reshaped to 2x3x1x1.
func quantisedParts() map[string][]byte {
	return map[string][]byte{
		"q":       weightsTensor("q", typeInt8, bytesOf(1, -2, 127, -128, 0, 5), 2, 3),
		"s":       weightsTensor("s", typeFloat, floats(0.5, 2, 1, 0.25), 2, 2),
		"z":       weightsTensor("z", typeInt8, bytesOf(0, -1, 2, 1), 2, 2),
		"shape":   weightsTensor("shape", typeInt64, ints(2, 3, 1, 1), 4),
		"ratio":   weightsTensor("ratio", typeFloat, floats(0.5), 1),
		"dq":      op("DequantizeLinear", []string{"q", "s", "z"}, []string{"w0"}, intAttr("axis", 1), intAttr("block_size", 2)),
		"reshape": op("Reshape", []string{"w0", "shape"}, []string{"w"}),
		"conv":    op("Conv", []string{"data", "w"}, []string{"c"}),
		"const":   op("Constant", nil, []string{"r"}),
		"dropout": op("Dropout", []string{"c", "r"}, []string{"d"}),
		"flatten": op("Flatten", []string{"d"}, []string{"fc1"}),
		"in":      valueInfo(graphInput, "data", 1, 3, 112, 112),
		"stray":   valueInfo(graphInput, "q_original", 2, 3),
		"out":     valueInfo(graphOutput, "fc1", 1, 128),
		"info":    valueInfo(13, "c", 1, 2, 112, 112),
		"name":    str(graphName, "net"),
	}
}

// quantisedNet puts the pieces together, those in other replaced.
func quantisedNet(opset int, other map[string][]byte) []byte {
	parts := quantisedParts()
	for key, b := range other {
		parts[key] = b
	}
	var g []byte
	for _, key := range []string{"name", "dq", "reshape", "conv", "const", "dropout", "flatten", "q", "s", "z", "shape", "ratio", "in", "stray", "out", "info"} {
		g = append(g, parts[key]...)
	}
	return model(opset, g)
}

// ownNet is a user's recogniser that needs no expansion; salt makes another.
func ownNet(salt string, inputDims ...int) []byte {
	return model(13, str(graphName, salt), op("Flatten", []string{"data"}, []string{"fc1"}),
		valueInfo(graphInput, "data", inputDims...), valueInfo(graphOutput, "fc1", 1, 128))
}

func ownManifest(id string, onnx []byte) Manifest {
	return Manifest{ID: id, Task: Recognise, About: "a test net", Author: "nobody", Licence: "Apache-2.0", Origin: "made by a test",
		SHA256: digest(onnx), Bytes: int64(len(onnx)), InputName: "data", Input: Size{112, 112}, Outputs: []string{"fc1"},
		Colour: "RGB", Mean: [3]float64{127.5, 127.5, 127.5}, Scale: 1 / 128.0, Dimension: 128, MinLength: 2.5, Calibration: id + calibrationExt}
}

// putOwn writes NAME.onnx and NAME.json into dir and gives the .onnx's path.
func putOwn(t testing.TB, dir string, m Manifest, onnx []byte) string {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, m.ID+manifestExt), text)
	return put(t, onnxPath(dir, m.ID), onnx)
}

func put(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

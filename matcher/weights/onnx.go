package weights

import (
	"errors"
	"fmt"
	"slices"
)

// Field numbers of onnx.proto3 (IR version 10) that are read or written.
const (
	modelIR, modelProducer, modelDoc, modelGraph, modelOpset = 1, 2, 6, 7, 8
	modelTraining, modelFunctions                            = 20, 25
	opsetDomain, opsetVersion                                = 1, 2

	graphNode, graphName, graphInitializer, graphInput, graphOutput = 1, 2, 5, 11, 12
	graphSparse                                                     = 15

	nodeInput, nodeOutput, nodeOp, nodeAttribute, nodeDomain = 1, 2, 4, 5, 7
	attributeName, attributeInt                              = 1, 3

	tensorDims, tensorType, tensorName, tensorRaw = 1, 2, 8, 9
	tensorExternal, tensorLocation                = 13, 14

	valueName, valueType, typeTensor                = 1, 2, 1
	tensorTypeElem, tensorTypeShape, shapeDim       = 1, 2, 1
	dimValue                                        = 1
	typeFloat, typeInt8, typeInt64            int64 = 1, 3, 7
)

// graph is an ONNX file as far as it matters here; raw parts alias the file.
type graph struct {
	opset        int64 // version of the default operator set
	name         string
	nodes        []node
	initializers []tensor
	inputs       []value // initializers that are listed as inputs too are left out
	outputs      []value
}

// parseONNX reads a model file. It refuses what is beyond the bounds in
// wire.go, data in other files (a digest of one file would vouch for nothing),
// training information and local functions.
func parseONNX(file []byte) (graph, error) {
	var g graph
	var body []byte
	err := eachField(file, func(f field) (err error) {
		switch f.number {
		case modelGraph:
			if body != nil {
				return errors.New("more than one graph")
			}
			body, err = f.message()
		case modelOpset:
			err = g.readOpset(f)
		case modelTraining, modelFunctions:
			err = errors.New("training information or local functions, which no net to run here needs")
		}
		return err
	})
	if err != nil {
		return graph{}, fmt.Errorf("not a sound ONNX file: %w", err)
	}
	if len(body) == 0 {
		return graph{}, errors.New("not an ONNX file: no graph in it")
	}
	if err := eachField(body, g.readField); err != nil {
		return graph{}, fmt.Errorf("not a sound ONNX graph: %w", err)
	}
	return g, g.dropInitializerInputs()
}

func (g *graph) readOpset(f field) error {
	body, err := f.message()
	if err != nil {
		return err
	}
	var domain string
	var version int64
	err = eachField(body, func(f field) (err error) {
		switch f.number {
		case opsetDomain:
			domain, err = f.name()
		case opsetVersion:
			version, err = f.int()
		}
		return err
	})
	if domain == "" || domain == "ai.onnx" {
		g.opset = version
	}
	return err
}

func (g *graph) readField(f field) (err error) {
	switch f.number {
	case graphNode:
		g.nodes, err = appendParsed(g.nodes, f, parseNode, maxNodes)
	case graphName:
		g.name, err = f.name()
	case graphInitializer:
		g.initializers, err = appendParsed(g.initializers, f, parseTensor, maxNodes)
	case graphInput:
		g.inputs, err = appendParsed(g.inputs, f, parseValue, maxNodes)
	case graphOutput:
		g.outputs, err = appendParsed(g.outputs, f, parseValue, maxGraphNames)
	case graphSparse:
		err = errors.New("sparse initializers are not supported")
	}
	return err
}

func appendParsed[T any](list []T, f field, parse func([]byte) (T, error), limit int) ([]T, error) {
	body, err := f.message()
	if err != nil {
		return nil, err
	}
	if len(list) >= limit {
		return nil, fmt.Errorf("more than %d entries of field %d", limit, f.number)
	}
	t, err := parse(body)
	return append(list, t), err
}

// dropInitializerInputs leaves the real inputs: up to IR version 3 every
// initializer had to be listed as an input too.
func (g *graph) dropInitializerInputs() error {
	known := make(map[string]bool, len(g.initializers))
	for _, t := range g.initializers {
		if known[t.name] {
			return fmt.Errorf("two initializers named %.80q", t.name)
		}
		known[t.name] = true
	}
	g.inputs = slices.DeleteFunc(g.inputs, func(v value) bool { return known[v.name] })
	if len(g.inputs) > maxGraphNames {
		return fmt.Errorf("%d inputs, at most %d are accepted", len(g.inputs), maxGraphNames)
	}
	return nil
}

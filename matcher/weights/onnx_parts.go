package weights

import "fmt"

type node struct {
	raw             []byte
	op, domain      string
	inputs, outputs []string
	attributes      []attribute
}

type attribute struct {
	name string
	i    int64
}

type tensor struct {
	raw  []byte // the message
	name string
	kind int64
	dims []int64
	data []byte // raw_data; nil where the typed lists are used
}

func parseNode(body []byte) (node, error) {
	n := node{raw: body}
	err := eachField(body, func(f field) (err error) {
		switch f.number {
		case nodeInput:
			n.inputs, err = f.appendName(n.inputs, maxNodeArgs)
		case nodeOutput:
			n.outputs, err = f.appendName(n.outputs, maxNodeArgs)
		case nodeOp:
			n.op, err = f.name()
		case nodeDomain:
			n.domain, err = f.name()
		case nodeAttribute:
			n.attributes, err = appendParsed(n.attributes, f, parseAttribute, maxNodeArgs)
		}
		return err
	})
	return n, err
}

func parseAttribute(body []byte) (attribute, error) {
	var a attribute
	err := eachField(body, func(f field) (err error) {
		switch f.number {
		case attributeName:
			a.name, err = f.name()
		case attributeInt:
			a.i, err = f.int()
		}
		return err
	})
	return a, err
}

// intAttribute is the value of an attribute, or the default if it is absent.
func (n node) intAttribute(name string, otherwise int64) int64 {
	for _, a := range n.attributes {
		if a.name == name {
			return a.i
		}
	}
	return otherwise
}

func parseTensor(body []byte) (tensor, error) {
	t := tensor{raw: body}
	err := eachField(body, func(f field) (err error) {
		switch f.number {
		case tensorDims:
			t.dims, err = f.appendInts(t.dims, maxRank)
		case tensorType:
			t.kind, err = f.int()
		case tensorName:
			t.name, err = f.name()
		case tensorRaw:
			t.data, err = f.message()
		case tensorExternal:
			err = fmt.Errorf("tensor %.80q keeps its data in another file", t.name)
		case tensorLocation:
			if f.value != 0 {
				err = fmt.Errorf("tensor %.80q keeps its data in another file", t.name)
			}
		}
		return err
	})
	return t, err
}

// elements is the product of dimensions that are all above 0 and whose product
// is at most maxElements, so no later multiplication of it by 4 overflows.
func elements(dims []int64) (int, error) {
	n := int64(1)
	for _, d := range dims {
		if d < 1 || d > maxElements/n {
			return 0, fmt.Errorf("dimensions %v are not positive or have more than %d elements", dims, maxElements)
		}
		n *= d
	}
	return int(n), nil
}

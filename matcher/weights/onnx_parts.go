package weights

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

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

func parseValue(body []byte) (value, error) {
	v := value{raw: body}
	err := eachField(body, func(f field) (err error) {
		switch f.number {
		case valueName:
			v.name, err = f.name()
		case valueType:
			err = descend(f, typeTensor, v.readTensorType)
		}
		return err
	})
	return v, err
}

// descend calls read for each field of the messages numbered inner in f.
func descend(f field, inner protowire.Number, read func(field) error) error {
	body, err := f.message()
	if err != nil {
		return err
	}
	return eachField(body, func(f field) error {
		if f.number != inner {
			return nil
		}
		body, err := f.message()
		if err != nil {
			return err
		}
		return eachField(body, read)
	})
}

func (v *value) readTensorType(f field) (err error) {
	switch f.number {
	case tensorTypeElem:
		v.elem, err = f.int()
	case tensorTypeShape:
		var body []byte
		if body, err = f.message(); err == nil {
			err = eachField(body, v.readDimension)
		}
	}
	return err
}

func (v *value) readDimension(f field) error {
	if f.number != shapeDim {
		return nil
	}
	body, err := f.message()
	if err != nil {
		return err
	}
	if len(v.dims) >= maxRank {
		return fmt.Errorf("%.80q has more than %d dimensions", v.name, maxRank)
	}
	dim := int64(-1)
	err = eachField(body, func(f field) (err error) {
		if f.number == dimValue {
			dim, err = f.int()
		}
		return err
	})
	v.dims = append(v.dims, dim)
	return err
}

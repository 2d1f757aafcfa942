package weights

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// value is a graph's input or output; a dimension that is not fixed is -1.
type value struct {
	raw  []byte
	name string
	elem int64
	dims []int64
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

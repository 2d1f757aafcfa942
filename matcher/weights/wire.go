package weights

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Bounds on an ONNX file's structure, far above any face net's: SFace has 175
// nodes and 261 initializers after quantisation, a ResNet-100 about 1,000.
const (
	maxNodes      = 20_000 // nodes, and initializers
	maxNodeArgs   = 256    // inputs, outputs or attributes of one node
	maxGraphNames = 512    // graph inputs that are not initializers, and outputs
	maxRank       = 8      // dimensions of a tensor
	maxONNXName   = 1024   // bytes of a name
	maxElements   = MaxFileBytes / 4
)

// field is one field of a protobuf message. For a length-delimited one body is
// its content, which aliases the file; for a varint value is.
type field struct {
	number protowire.Number
	kind   protowire.Type
	value  uint64
	body   []byte
}

var errGroup = errors.New("a protobuf group, which ONNX has none of")

// eachField calls f for each field of a message, in the file's order.
func eachField(message []byte, f func(field) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		fd := field{number: number, kind: kind}
		switch kind {
		case protowire.VarintType:
			fd.value, n = protowire.ConsumeVarint(message)
		case protowire.BytesType:
			fd.body, n = protowire.ConsumeBytes(message)
		case protowire.Fixed32Type:
			_, n = protowire.ConsumeFixed32(message)
		case protowire.Fixed64Type:
			_, n = protowire.ConsumeFixed64(message)
		default:
			return errGroup
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		if err := f(fd); err != nil {
			return err
		}
	}
	return nil
}

// message is the content of a field that must be length-delimited.
func (f field) message() ([]byte, error) {
	if f.kind != protowire.BytesType {
		return nil, fmt.Errorf("field %d has wire type %d, not bytes", f.number, f.kind)
	}
	return f.body, nil
}

// name is a field that holds a name.
func (f field) name() (string, error) {
	b, err := f.message()
	if err != nil {
		return "", err
	}
	if len(b) > maxONNXName {
		return "", fmt.Errorf("a name of %d bytes, at most %d are accepted", len(b), maxONNXName)
	}
	return string(b), nil
}

// appendName is [field.name] appended to a list of at most limit names.
func (f field) appendName(list []string, limit int) ([]string, error) {
	s, err := f.name()
	if err == nil && len(list) >= limit {
		err = fmt.Errorf("more than %d names in one list", limit)
	}
	return append(list, s), err
}

// int is a varint field read as int64, as ONNX's int64 and enums are.
func (f field) int() (int64, error) {
	if f.kind != protowire.VarintType {
		return 0, fmt.Errorf("field %d has wire type %d, not varint", f.number, f.kind)
	}
	return int64(f.value), nil //nolint:gosec // protobuf's int64 is the two's complement of the varint
}

// appendInts is a repeated int64 field, packed or not, appended to a list of
// at most limit.
func (f field) appendInts(list []int64, limit int) ([]int64, error) {
	if f.kind != protowire.BytesType {
		v, err := f.int()
		if err == nil && len(list) >= limit {
			err = fmt.Errorf("more than %d numbers in one list", limit)
		}
		return append(list, v), err
	}
	for rest := f.body; len(rest) > 0; {
		v, n := protowire.ConsumeVarint(rest)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		if len(list) >= limit {
			return nil, fmt.Errorf("more than %d numbers in one list", limit)
		}
		list, rest = append(list, int64(v)), rest[n:] //nolint:gosec // as in int
	}
	return list, nil
}

func appendMessage(b []byte, number protowire.Number, body []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), body)
}

func appendInt(b []byte, number protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), v)
}

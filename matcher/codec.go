package matcher

import (
	"encoding/binary"
	"hash/crc32"
	"math"

	"github.com/x448/float16"

	"oblik/models"
)

// A template is, in this order and little-endian: the magic "OBLT", the
// version 1, the length of the weights' id and the id, the dimension (uint16),
// the unit vector in float16, and the CRC-32C of all that. Float16 halves the
// size; what that does to scores is measured in codec_test.go and the README.
const (
	templateMagic   = "OBLT"
	templateVersion = 1
	maxWeightsID    = 64
	templateFixed   = len(templateMagic) + 1 + 1 + 2 + 4
)

// MaxDimension is the longest vector of a template.
const MaxDimension = 4096

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Encode makes the template of a vector of any length but zero; it is brought
// to unit length. An error of kind [models.Internal] tells of a vector that is
// no direction (zero, NaN, infinite) or of a format out of bounds.
func Encode(weights string, vector []float32) (models.Template, error) {
	if len(weights) == 0 || len(weights) > maxWeightsID || len(vector) == 0 || len(vector) > MaxDimension {
		return models.Template{}, models.Errorf("encode", models.Internal,
			"a weights id of %d bytes and %d dimensions can't be encoded", len(weights), len(vector))
	}
	n := norm(vector)
	if !(n > 1e-12) || math.IsInf(n, 0) {
		return models.Template{}, models.Errorf("encode", models.Internal, "the vector has length %g", n)
	}
	data := make([]byte, 0, templateFixed+len(weights)+2*len(vector))
	data = append(data, templateMagic...)
	data = append(data, templateVersion, byte(len(weights))) //nolint:gosec // <= maxWeightsID
	data = append(data, weights...)
	data = binary.LittleEndian.AppendUint16(data, uint16(len(vector))) //nolint:gosec // <= MaxDimension
	for _, v := range vector {
		data = binary.LittleEndian.AppendUint16(data, float16.Fromfloat32(float32(float64(v)/n)).Bits())
	}
	return models.Template{Format: models.Format{Weights: weights, Dimension: len(vector)}, Data: seal(data)}, nil
}

// seal appends the checksum.
func seal(data []byte) []byte {
	return binary.LittleEndian.AppendUint32(data, crc32.Checksum(data, castagnoli))
}

// Vector decodes a template to its unit vector. [models.Integrity] says that
// the bytes are not those of a template or not of the format it declares.
func Vector(t models.Template) ([]float32, error) {
	vector := make([]float32, max(0, min(t.Format.Dimension, MaxDimension)))
	if err := decodeInto(vector, t); err != nil {
		return nil, err
	}
	return vector, nil
}

// decodeInto decodes t into vector, whose length must be t's dimension.
func decodeInto(vector []float32, t models.Template) error {
	body, err := templateBody(t)
	if err != nil {
		return err
	}
	if len(vector)*2 != len(body) {
		return damaged("a vector of another dimension")
	}
	for i := range vector {
		vector[i] = float16.Frombits(binary.LittleEndian.Uint16(body[2*i:])).Float32()
	}
	return toUnit(vector)
}

// Halves are the float16 bits that a template keeps of its vector: what has to
// be held to score it again. It refuses what [Vector] refuses.
func Halves(t models.Template) ([]uint16, error) {
	vector := make([]float32, max(0, min(t.Format.Dimension, MaxDimension)))
	if err := decodeInto(vector, t); err != nil {
		return nil, err
	}
	body := t.Data[len(t.Data)-4-2*len(vector) : len(t.Data)-4]
	halves := make([]uint16, len(vector))
	for i := range halves {
		halves[i] = binary.LittleEndian.Uint16(body[2*i:])
	}
	return halves, nil
}

// FromHalves puts into vector, of the same length, the unit vector that
// [Vector] gives for the template these halves are of.
func FromHalves(halves []uint16, vector []float32) error {
	vector = vector[:len(halves)]
	for i, h := range halves {
		vector[i] = float16.Frombits(h).Float32()
	}
	return toUnit(vector)
}

// toUnit brings a decoded vector to unit length: the rounding to float16 moves
// the length by up to 5e-4.
func toUnit(vector []float32) error {
	n := norm(vector)
	if !(math.Abs(n-1) < 0.01) {
		return damaged("a vector that is not of unit length")
	}
	for i := range vector {
		vector[i] = float32(float64(vector[i]) / n)
	}
	return nil
}

// templateBody checks everything around the vector and returns its bytes.
func templateBody(t models.Template) ([]byte, error) {
	d := t.Data
	if len(d) < templateFixed || string(d[:4]) != templateMagic {
		return nil, damaged("no template")
	}
	if d[4] != templateVersion {
		return nil, damaged("an unknown version")
	}
	id := int(d[5])
	if id > maxWeightsID || len(d) < templateFixed+id {
		return nil, damaged("a weights id that is too long")
	}
	dim := int(binary.LittleEndian.Uint16(d[6+id:]))
	if dim == 0 || dim > MaxDimension || len(d) != templateFixed+id+2*dim {
		return nil, damaged("a wrong length")
	}
	end := len(d) - 4
	if crc32.Checksum(d[:end], castagnoli) != binary.LittleEndian.Uint32(d[end:]) {
		return nil, damaged("a wrong checksum")
	}
	if string(d[6:6+id]) != t.Format.Weights || dim != t.Format.Dimension {
		return nil, damaged("another format than the one declared")
	}
	return d[8+id : end], nil
}

func damaged(what string) error {
	return models.Errorf("template", models.Integrity, "%s", what)
}

func norm(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

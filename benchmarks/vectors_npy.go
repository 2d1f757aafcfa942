package benchmarks

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/x448/float16"

	"oblik/models"
)

// Bounds of a file of vectors.
const (
	maxVectors   = 64 << 20
	maxDimension = 4096
	maxNpyHeader = 1024 // numpy writes 118 bytes
)

// Npy is a table of vectors in NumPy's format .npy, a row each, of little-endian
// float32 or float16, row after row. It is read where it lies.
type Npy struct {
	file      io.ReaderAt
	start     int64 // of the first row
	rows, dim int
	width     int // bytes of a component: 2 or 4
}

var npyHeader = regexp.MustCompile(`^\{'descr': '<f([24])', 'fortran_order': False, 'shape': \((\d{1,9}), (\d{1,9})\), \} *\n$`)

// OpenNpy reads the header of a file of so many bytes. [models.Invalid] says
// that it is no such table, or not 1..67,108,864 rows of 1..4,096.
func OpenNpy(file io.ReaderAt, size int64) (*Npy, error) {
	var fixed [10]byte
	if _, err := file.ReadAt(fixed[:], 0); err != nil || string(fixed[:6]) != "\x93NUMPY" || fixed[6] != 1 {
		return nil, badNpy("it is not in NumPy's format 1.0")
	}
	header := make([]byte, binary.LittleEndian.Uint16(fixed[8:]))
	if len(header) > maxNpyHeader {
		return nil, badNpy("its header has %d bytes, at most %d are accepted", len(header), maxNpyHeader)
	}
	if _, err := file.ReadAt(header, int64(len(fixed))); err != nil {
		return nil, badNpy("its header is cut off")
	}
	parts := npyHeader.FindSubmatch(header)
	if parts == nil {
		return nil, badNpy("it is no table of float32 or float16, row after row")
	}
	var numbers [3]int
	for i := range numbers {
		numbers[i], _ = strconv.Atoi(string(parts[i+1])) // digits, at most 9
	}
	n := &Npy{file: file, start: int64(len(fixed) + len(header)), width: numbers[0], rows: numbers[1], dim: numbers[2]}
	if n.rows < 1 || n.rows > maxVectors || n.dim < 1 || n.dim > maxDimension {
		return nil, badNpy("%d rows of %d are not within 1..%d of 1..%d", n.rows, n.dim, maxVectors, maxDimension)
	}
	if want := n.start + int64(n.rows)*int64(n.dim*n.width); size != want {
		return nil, badNpy("it has %d bytes, %d rows of %d take %d", size, n.rows, n.dim, want)
	}
	return n, nil
}

// Len implements [Vectors].
func (n *Npy) Len() int { return n.rows }

// Dim implements [Vectors].
func (n *Npy) Dim() int { return n.dim }

// Read implements [Vectors].
func (n *Npy) Read(first int, rows []float32) error {
	raw := make([]byte, len(rows)*n.width)
	if _, err := n.file.ReadAt(raw, n.start+int64(first)*int64(n.dim*n.width)); err != nil {
		return models.Errorf("vectors", models.Invalid, "%w", err)
	}
	for i := range rows {
		if n.width == 2 {
			rows[i] = float16.Frombits(binary.LittleEndian.Uint16(raw[2*i:])).Float32()
		} else {
			rows[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	}
	return nil
}

// WriteNpy writes vectors in float32.
func WriteNpy(w io.Writer, v Vectors) error {
	out := bufio.NewWriter(w)
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", v.Len(), v.Dim())
	header += strings.Repeat(" ", 117-len(header)) + "\n" // with the ten bytes before it, 128
	if _, err := fmt.Fprintf(out, "\x93NUMPY\x01\x00%c\x00%s", len(header), header); err != nil {
		return models.Errorf("vectors", models.Internal, "%w", err)
	}
	row := make([]float32, v.Dim())
	for i := range v.Len() {
		if err := v.Read(i, row); err != nil {
			return err
		}
		if err := binary.Write(out, binary.LittleEndian, row); err != nil {
			return models.Errorf("vectors", models.Internal, "%w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return models.Errorf("vectors", models.Internal, "%w", err)
	}
	return nil
}

func badNpy(format string, args ...any) error {
	return models.Errorf("vectors", models.Invalid, format, args...)
}

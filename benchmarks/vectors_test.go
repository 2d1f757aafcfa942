package benchmarks

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/x448/float16"

	"oblik/models"
)

func TestDrawnVectors(t *testing.T) {
	r := rng(1)
	faces := [][]float32{unit(r, nil, 16, 0), unit(r, nil, 16, 0)}
	d := Drawn{Count: 1000, Dimension: 16, Seed: 3, Real: faces}
	all := make([]float32, 1000*16)
	if err := d.Read(0, all); err != nil {
		t.Fatal(err)
	}
	var toReal float64
	for i := range 1000 {
		row, again := all[i*16:(i+1)*16], make([]float32, 16)
		if err := d.Read(i, again); err != nil || !slices.Equal(row, again) {
			t.Fatalf("vector %d alone is %v, among others %v, %v", i, again, row, err)
		}
		near(t, "square of the length", float64(cosine(row, row)), 1, 1e-5)
		if i%10 == 0 {
			toReal += float64(cosine(row, faces[i/10%2])) / 100
		}
	}
	near(t, "mean cosine with the real one", toReal, 1/math.Sqrt(1.25), 0.02)
	other := make([]float32, 16)
	if err := (Drawn{Count: 1, Dimension: 16, Seed: 4}).Read(1, other); err != nil || slices.Equal(other, all[16:32]) {
		t.Error("another seed draws the same")
	}
}

func TestProbesOf(t *testing.T) {
	d := Drawn{Count: 50, Dimension: 64, Seed: 3}
	probes, err := ProbesOf(d, 20, 5)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]float32, 50*64)
	if err := d.Read(0, all); err != nil {
		t.Fatal(err)
	}
	for i, p := range probes {
		most := float32(-1)
		for k := range 50 {
			most = max(most, cosine(p, all[k*64:(k+1)*64]))
		}
		if mated := most > 0.75; mated != (i%2 == 0) {
			t.Errorf("probe %d: the most similar vector has %g", i, most)
		}
	}
}

func TestNpy(t *testing.T) {
	d := Drawn{Count: 7, Dimension: 5, Seed: 1}
	var file bytes.Buffer
	if err := WriteNpy(&file, d); err != nil {
		t.Fatal(err)
	}
	n, err := OpenNpy(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil || n.Len() != 7 || n.Dim() != 5 || file.Len() != 128+7*5*4 {
		t.Fatalf("%+v, %v, %d bytes", n, err, file.Len())
	}
	want, got := make([]float32, 15), make([]float32, 15)
	if err := d.Read(2, want); err != nil {
		t.Fatal(err)
	}
	if err := n.Read(2, got); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if err := n.Read(5, got); models.KindOf(err) != models.Invalid {
		t.Errorf("beyond the end: %v", err)
	}
}

// npy is a file as NumPy writes it.
func npy(header string, data ...byte) []byte {
	return append(fmt.Appendf(nil, "\x93NUMPY\x01\x00%c%c%s", len(header)&0xff, len(header)>>8, header), data...)
}

func TestNpyHalf(t *testing.T) {
	half := float16.Fromfloat32(-0.75).Bits()
	file := npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 1), }  \n", byte(half), byte(half>>8))
	n, err := OpenNpy(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 1)
	if err := n.Read(0, got); err != nil || got[0] != -0.75 {
		t.Errorf("%v, %v", got, err)
	}
}

// badNpys are files that are refused, and a word of why.
var badNpys = map[string][]byte{
	"1.0":        []byte("\x93NUMPY\x02\x00"),
	"format":     nil,
	"at most":    npy(strings.Repeat(" ", 1025)),
	"cut off":    npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }\n")[:20],
	"no table":   npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }\n"),
	"row after":  npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }\n"),
	"float16":    npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n"),
	"0 rows":     npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 1), }\n"),
	"rows of 0":  npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 0), }\n"),
	"of 4097":    npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4097), }\n"),
	"999999999":  npy("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 128), }\n"),
	"take 74":    npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }\n"),
	"1 rows of ": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }\n", 1, 2, 3, 4, 5),
}

func TestBadNpy(t *testing.T) {
	for says, file := range badNpys {
		_, err := OpenNpy(bytes.NewReader(file), int64(len(file)))
		if models.KindOf(err) != models.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
	}
}

// FuzzNpy: whatever the file, its rows can be read or it is refused.
func FuzzNpy(f *testing.F) {
	for _, file := range badNpys {
		f.Add(file)
	}
	f.Add(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n", 0, 0, 128, 63, 0, 0, 192, 127))
	f.Add(npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2), }\n", 0, 60, 0, 124))
	f.Fuzz(func(t *testing.T, file []byte) {
		n, err := OpenNpy(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			if models.KindOf(err) != models.Invalid {
				t.Error(err)
			}
			return
		}
		row := make([]float32, n.Dim())
		for i := range n.Len() {
			if err := n.Read(i, row); err != nil {
				t.Fatalf("row %d of %d: %v", i, n.Len(), err)
			}
		}
	})
}

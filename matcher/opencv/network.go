package opencv

/*
#cgo pkg-config: opencv4
#cgo CXXFLAGS: --std=c++11
#include <stdlib.h>
#include "network.h"
*/
import "C"

import (
	"sync"
	"unsafe"

	"oblik/matcher"
	"oblik/matcher/weights"
	"oblik/models"
)

// network is a net run by OpenCV.
type network struct {
	net      *C.oblik_net
	manifest weights.Manifest
	side     int
	results  [][]float32
}

// oneThread makes OpenCV work in the caller's thread alone. The setting is the
// process's.
var oneThread = sync.OnceFunc(func() { C.oblik_set_threads(1) })

// NewNetwork loads a net, whose digest the caller has checked, for pictures of
// side x side pixels. It takes a few hundredths of a second, and three times
// the file's length in memory.
func NewNetwork(w weights.Loaded, side int, outputs []string) (matcher.Network, error) {
	oneThread()
	if len(w.ONNX) == 0 || len(outputs) == 0 {
		return nil, models.Errorf("opencv", models.Internal, "weights %s: %d bytes, %d outputs", w.Manifest.ID, len(w.ONNX), len(outputs))
	}
	input := C.CString(w.Manifest.InputName)
	defer C.free(unsafe.Pointer(input))
	var names []*C.char // none for a single output: OpenCV gives some layers names of its own
	if len(outputs) > 1 {
		for _, o := range outputs {
			name := C.CString(o)
			defer C.free(unsafe.Pointer(name))
			names = append(names, name)
		}
	}
	var text [C.OBLIK_ERROR]C.char
	net := C.oblik_net_new(unsafe.Pointer(&w.ONNX[0]), C.size_t(len(w.ONNX)), input, unsafe.SliceData(names), C.int(len(names)), &text[0])
	if net == nil {
		return nil, models.Errorf("opencv", models.Internal, "weights %s: %s", w.Manifest.ID, C.GoString(&text[0]))
	}
	return &network{net: net, manifest: w.Manifest, side: side, results: make([][]float32, len(outputs))}, nil
}

// Run implements [matcher.Network].
func (n *network) Run(bgr []byte) ([][]float32, error) {
	if n.net == nil || len(bgr) != 3*n.side*n.side {
		return nil, models.Errorf("opencv", models.Internal, "%d bytes for %dx%d pixels", len(bgr), n.side, n.side)
	}
	m := n.manifest
	rgb := C.int(0)
	if m.Colour == "RGB" {
		rgb = 1
	}
	var text [C.OBLIK_ERROR]C.char
	outputs := C.oblik_net_run(n.net, (*C.uchar)(&bgr[0]), C.int(n.side), C.double(m.Scale), (*C.double)(&m.Mean[0]), rgb, &text[0])
	if outputs < 0 {
		return nil, models.Errorf("opencv", models.Internal, "weights %s: %s", m.ID, C.GoString(&text[0]))
	}
	if int(outputs) != len(n.results) {
		return nil, models.Errorf("opencv", models.Internal, "weights %s have %d outputs", m.ID, int(outputs))
	}
	for i := range n.results {
		var values *C.float
		count := C.oblik_net_output(n.net, C.int(i), &values)
		if count == 0 {
			return nil, models.Errorf("opencv", models.Internal, "weights %s: output %d is no block of float32", m.ID, i)
		}
		n.results[i] = unsafe.Slice((*float32)(values), int(count))
	}
	return n.results, nil
}

// Close implements [matcher.Network].
func (n *network) Close() {
	C.oblik_net_free(n.net) // allowed on NULL
	n.net = nil
}

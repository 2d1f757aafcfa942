package openvino

/*
#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	"unsafe"

	"oblik/matcher"
	"oblik/matcher/weights"
	"oblik/models"
)

// network is a compiled net with its one request. The request's tensors lie
// where they are for its life: input is written and outputs are read in place.
type network struct {
	net      *C.oblik_ov_net
	blob     *blob // what it was imported from, if it was
	manifest weights.Manifest
	side     int
	input    *C.float
	outputs  [][]float32
}

// Plan says how a network is to be run.
type Plan struct {
	Side      int      // pixels of a side of its pictures
	Outputs   []string // in the order Run is to give them
	Precision Precision
	// Folder keeps compiled networks for later processes; empty for none. One
	// that can't be written, or that others can write to, is as none.
	Folder string
}

// NewNetwork makes the network of w, whose digest the caller has checked.
// Compiling takes a few tenths of a second and at its peak five times the
// file's length in memory, taking a compiled one a tenth of a second.
func (l *Library) NewNetwork(w weights.Loaded, p Plan) (matcher.Network, error) {
	if len(w.ONNX) == 0 || p.Side < 1 || len(p.Outputs) == 0 {
		return nil, models.Errorf("openvino", models.Internal, "weights %s: %d bytes for pictures of %d pixels", w.Manifest.ID, len(w.ONNX), p.Side)
	}
	l.making.Lock()
	defer l.making.Unlock()
	n := &network{manifest: w.Manifest, side: p.Side}
	file := l.compiledFile(w.Manifest, p)
	if !n.load(file, p.Precision) {
		if err := n.compile(w.ONNX, p.Precision); err != nil {
			return nil, err
		}
		n.save(file)
	}
	if err := n.bind(p.Outputs); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

func (n *network) compile(onnx []byte, p Precision) error {
	input, precision := C.CString(n.manifest.InputName), C.CString(string(p))
	defer C.free(unsafe.Pointer(input))
	defer C.free(unsafe.Pointer(precision))
	var text [C.OBLIK_OV_TEXT]C.char
	status := C.oblik_ov_compile(unsafe.Pointer(&onnx[0]), C.size_t(len(onnx)), input, C.int64_t(n.side), precision, &n.net, &text[0])
	if status != 0 {
		return models.Errorf("openvino", models.Unavailable, "weights %s: %s", n.manifest.ID, C.GoString(&text[0]))
	}
	return nil
}

// bind finds the tensors.
func (n *network) bind(outputs []string) error {
	data, length, err := n.tensor(n.manifest.InputName)
	if err != nil {
		return err
	}
	if length != 3*n.side*n.side {
		return models.Errorf("openvino", models.Internal, "weights %s: the input holds %d values", n.manifest.ID, length)
	}
	n.input = data
	for _, name := range outputs {
		data, length, err := n.tensor(name)
		if err != nil {
			return err
		}
		n.outputs = append(n.outputs, unsafe.Slice((*float32)(data), length))
	}
	return nil
}

// tensor gives a tensor's floats and their number.
func (n *network) tensor(name string) (*C.float, int, error) {
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	var text [C.OBLIK_OV_TEXT]C.char
	var data *C.float
	var bytes C.size_t
	status := C.oblik_ov_tensor(n.net, key, &data, &bytes, &text[0])
	if status != 0 {
		return nil, 0, models.Errorf("openvino", models.Internal, "weights %s: %s", n.manifest.ID, C.GoString(&text[0]))
	}
	if data == nil || bytes == 0 || bytes%4 != 0 {
		return nil, 0, models.Errorf("openvino", models.Internal, "weights %s: %s holds no floats", n.manifest.ID, name)
	}
	return data, int(bytes / 4), nil
}

// Run implements [matcher.Network].
func (n *network) Run(bgr []byte) ([][]float32, error) {
	if n.net == nil || len(bgr) != 3*n.side*n.side {
		return nil, models.Errorf("openvino", models.Internal, "%d bytes for %dx%d pixels", len(bgr), n.side, n.side)
	}
	reversed := C.int(0)
	if n.manifest.Colour == "RGB" {
		reversed = 1
	}
	C.oblik_ov_fill((*C.uchar)(&bgr[0]), C.size_t(n.side*n.side), (*C.double)(&n.manifest.Mean[0]), C.double(n.manifest.Scale), reversed, n.input)
	var text [C.OBLIK_OV_TEXT]C.char
	if C.oblik_ov_infer(n.net, &text[0]) != 0 {
		return nil, models.Errorf("openvino", models.Internal, "weights %s: %s", n.manifest.ID, C.GoString(&text[0]))
	}
	return n.outputs, nil
}

// Close implements [matcher.Network].
func (n *network) Close() {
	C.oblik_ov_free(n.net) // allowed on NULL
	n.blob.close()
	n.net, n.blob = nil, nil
}

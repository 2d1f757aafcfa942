package openvino

/*
#cgo CFLAGS: -std=gnu11 -O3
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"oblik/models"
)

// Precision is what a network computes in.
type Precision string

// The precisions. BF16 keeps the cosine of a recogniser's vectors to those of
// F32 above 0.998 for half the time; a detector's points suffer.
const (
	F32  Precision = "f32"
	BF16 Precision = "bf16"
)

// Library is OpenVINO with its CPU plugin. There is one in a process at most;
// it is never unloaded.
type Library struct {
	version      string // "2026.4.1-22982-..."
	device       string // the CPU's name
	capabilities []string
	making       sync.Mutex // an import takes its precision from a setting of the process
}

// System stands for the library that the system's loader finds, instead of a folder.
const System = "system"

const soname = "libopenvino_c.so"

// opened is the one library of the process.
var opened struct {
	sync.Mutex
	dir string
	lib *Library
}

// Open loads the library from dir, or the [System]'s. Errors are of kind
// [models.Unavailable]: it is not there, does not load, or has no CPU plugin.
// A second call with the same dir gives the same library; another dir is an
// error of kind [models.Invalid].
func Open(dir string) (*Library, error) {
	opened.Lock()
	defer opened.Unlock()
	path, err := find(dir)
	if err != nil {
		return nil, err
	}
	if opened.lib != nil {
		if opened.dir != dir {
			return nil, models.Errorf("openvino", models.Invalid, "OpenVINO was opened from another folder already")
		}
		return opened.lib, nil
	}
	lib, err := open(path)
	if err != nil {
		return nil, err
	}
	opened.dir, opened.lib = dir, lib
	return lib, nil
}

// find gives the library's file in dir: the bare name, or one with a version,
// as wheels have it. What it holds is run with all the rights of the process,
// so neither it nor the folder may be another user's.
func find(dir string) (string, error) {
	if dir == System {
		return soname, nil
	}
	entries, err := os.ReadDir(dir)
	found := ""
	for _, e := range entries { // sorted by name
		if strings.HasPrefix(e.Name(), soname) {
			found = filepath.Join(dir, e.Name())
		}
	}
	if err != nil || found == "" {
		return "", models.Errorf("openvino", models.Unavailable, "there is no %s in %s", soname, dir)
	}
	for _, path := range []string{dir, found} {
		if info, err := os.Stat(path); err != nil || !trusted(info, 0, os.Geteuid()) {
			return "", models.Errorf("openvino", models.Unavailable, "%s belongs to another user, or others can write to it", path)
		}
	}
	return filepath.Abs(found)
}

// trusted says whether one of the owners alone can write to what info is of.
func trusted(info os.FileInfo, owners ...int) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode().Perm()&0o022 == 0 && slices.Contains(owners, int(owner.Uid))
}

func open(path string) (*Library, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var text [C.OBLIK_OV_TEXT]C.char
	if C.oblik_ov_open(name, &text[0]) != 0 {
		return nil, models.Errorf("openvino", models.Unavailable, "%s", C.GoString(&text[0]))
	}
	if C.oblik_ov_version(&text[0]) != 0 {
		return nil, models.Errorf("openvino", models.Unavailable, "%s", C.GoString(&text[0]))
	}
	l := &Library{version: C.GoString(&text[0])}
	capabilities, err := property("OPTIMIZATION_CAPABILITIES")
	if err != nil {
		return nil, err
	}
	l.capabilities = strings.Fields(capabilities)
	l.device, err = property("FULL_DEVICE_NAME")
	return l, err
}

// property asks the CPU plugin; it is where a plugin that does not load shows.
func property(key string) (string, error) {
	name := C.CString(key)
	defer C.free(unsafe.Pointer(name))
	var text [C.OBLIK_OV_TEXT]C.char
	if C.oblik_ov_property(name, &text[0]) != 0 {
		return "", models.Errorf("openvino", models.Unavailable, "%s", C.GoString(&text[0]))
	}
	return C.GoString(&text[0]), nil
}

// Version is the library's own, without its build: "2026.4.1".
func (l *Library) Version() string {
	short, _, _ := strings.Cut(l.version, "-")
	return short
}

// Best is the precision for a recogniser: [BF16] where the CPU computes in it.
func (l *Library) Best() Precision {
	if slices.Contains(l.capabilities, "BF16") {
		return BF16
	}
	return F32
}

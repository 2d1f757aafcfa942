package openvino

/*
#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"oblik/matcher/weights"
	"oblik/models"
)

// A compiled network's file is what OpenVINO exports and its SHA-256. It is
// only as good as the weights, whose digest it does not have: the folder must
// be ours alone. Its name tells everything it depends on, so that an other
// CPU, version or weights file makes another.
const (
	compiledExt = ".openvino"
	keyBytes    = 8
	unfinished  = ".new-"
	maxCompiled = weights.MaxFileBytes
)

// Keeps says whether compiled networks can be kept in a folder, which it makes
// if there is none: nil, or an error of kind [models.Unavailable].
func Keeps(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return models.Errorf("openvino", models.Unavailable, "%w", err)
	}
	if !private(folder) {
		return models.Errorf("openvino", models.Unavailable, "%s belongs to another user, or others can write to it", folder)
	}
	return nil
}

// compiledFile is where the compiled network is kept, empty for nowhere.
func (l *Library) compiledFile(m weights.Manifest, p Plan) string {
	if p.Folder == "" || Keeps(p.Folder) != nil {
		return ""
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%s\n%s\n%s\n%v", m.SHA256, p.Side, p.Precision, l.version, l.device, l.capabilities))
	return filepath.Join(p.Folder, fmt.Sprintf("%s-%d-%s-%s%s", m.ID, p.Side, p.Precision, hex.EncodeToString(key[:keyBytes]), compiledExt))
}

// superseded are the files that differ from this one in the key alone, of an
// earlier version or another CPU, and what processes that were killed left.
func superseded(file string) (old []string) {
	stem := strings.TrimSuffix(file, compiledExt)
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		other := filepath.Join(filepath.Dir(file), e.Name())
		like := len(other) == len(file) && other != file && strings.HasPrefix(other, stem[:len(stem)-2*keyBytes]) && strings.HasSuffix(other, compiledExt)
		info, err := e.Info()
		left := strings.HasPrefix(e.Name(), unfinished) && err == nil && time.Since(info.ModTime()) > time.Minute
		if like || left {
			old = append(old, other)
		}
	}
	return old
}

// private says whether nobody else can write to a folder.
func private(dir string) bool {
	info, err := os.Lstat(dir)
	return err == nil && info.IsDir() && trusted(info, os.Geteuid())
}

// load makes the network of a compiled one. One that is absent, cut short or
// not taken by the library is as none: it is compiled anew.
func (n *network) load(file string, p Precision) bool {
	b := openBlob(file)
	if b == nil {
		return false
	}
	precision := C.CString(string(p))
	defer C.free(unsafe.Pointer(precision))
	var text [C.OBLIK_OV_TEXT]C.char
	status := C.oblik_ov_import(unsafe.Pointer(&b.data[0]), C.size_t(len(b.data)-sha256.Size), precision, &n.net, &text[0])
	if status != 0 {
		b.close()
		return false
	}
	n.blob = b
	return true
}

// save keeps a compiled network for the next process, if it can.
func (n *network) save(file string) {
	if file == "" {
		return
	}
	temp, err := os.CreateTemp(filepath.Dir(file), unfinished+"*")
	if err != nil {
		return
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // after the rename there is none
	defer temp.Close()           //nolint:errcheck // what matters is checked when it is read
	name := C.CString(temp.Name())
	defer C.free(unsafe.Pointer(name))
	var text [C.OBLIK_OV_TEXT]C.char
	if C.oblik_ov_export(n.net, name, &text[0]) != 0 {
		return
	}
	data, err := os.ReadFile(temp.Name())
	if err != nil {
		return
	}
	digest := sha256.Sum256(data)
	if _, err := temp.WriteAt(digest[:], int64(len(data))); err != nil {
		return
	}
	if os.Rename(temp.Name(), file) != nil { // one act: nobody sees half a file
		return
	}
	for _, old := range superseded(file) {
		_ = os.Remove(old) // who has it in memory keeps it
	}
}

// blob is a compiled network's file in memory, read only. Workers share its
// pages, and the network reads the weights from there as long as it lives.
type blob struct{ data []byte }

// openBlob gives nil if there is no sound file.
func openBlob(file string) *blob {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil || info.Size() <= sha256.Size || info.Size() > maxCompiled {
		return nil
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil
	}
	b := &blob{data}
	end := len(data) - sha256.Size
	if sha256.Sum256(data[:end]) != [sha256.Size]byte(data[end:]) {
		b.close()
		return nil
	}
	return b
}

// close is allowed on nil.
func (b *blob) close() {
	if b != nil {
		_ = syscall.Munmap(b.data) // it fails only for memory that is none
	}
}

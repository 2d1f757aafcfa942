package opencv

/*
#cgo pkg-config: opencv4
#cgo CXXFLAGS: --std=c++11
void oblik_set_threads(int n);
*/
import "C"

import "sync"

// oneThread makes OpenCV work in the caller's thread alone. The setting is the
// process's.
var oneThread = sync.OnceFunc(func() { C.oblik_set_threads(1) })

// Package worker extracts templates in child processes, so that a hostile
// photograph which crashes or stalls the native decoder costs one request and
// not the service. A child is this program's own `worker` command: it holds no
// key and no storage, gets an empty environment, reads image bytes from its
// standard input and writes what it found to its standard output.
//
// [Pool] is the parent's side and an Extractor; [Serve] is the child's. A
// frame is its length (uint32, little-endian) and so many bytes. The child's
// first frame is a greeting that says it has loaded its weights; then each
// request frame, an image, is answered by one frame (answer.go). The parent
// believes nothing a child says beyond its bounds.
package worker

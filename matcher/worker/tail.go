package worker

import (
	"fmt"
	"strings"
)

// tail keeps the beginning and the end of what a child writes to its standard
// error. A worker that was taken over can write a photograph there.
type tail struct {
	head, data []byte
	bytes      int64 // in all
}

const (
	headBytes = 256
	tailBytes = 1024
)

// Write implements [io.Writer]; one goroutine of os/exec calls it, and the
// text is read after Wait.
func (t *tail) Write(p []byte) (int, error) {
	t.bytes += int64(len(p))
	t.head = append(t.head, p[:min(len(p), headBytes-len(t.head))]...)
	t.data = append(t.data, p...)
	if n := len(t.data) - tailBytes; n > 0 {
		t.data = append(t.data[:0], t.data[n:]...)
	}
	return len(p), nil
}

// told is what may be logged: of a child that has seen no photograph the text,
// of others how much it was and which runtime's last words are in it, in words
// that are ours.
func (t *tail) told(asked bool) string {
	if !asked {
		return string(t.data)
	}
	said := fmt.Sprintf("%d bytes", t.bytes)
	for _, text := range [][]byte{t.head, t.data} {
		for line := range strings.Lines(string(text)) {
			for _, w := range lastWords {
				if strings.HasPrefix(line, w) {
					return said + ", " + strings.TrimRight(w, " :(")
				}
			}
		}
	}
	return said
}

// lastWords begin a line of Go, C++, the C library, the sanitizers or OpenCV.
var lastWords = []string{
	"fatal error: ", "panic: ", "runtime: ", "SIGABRT: ", "SIGSEGV: ", "SIGBUS: ", "SIGILL: ", "SIGFPE: ", "SIGSYS: ",
	"terminate called ", "OpenCV(", "malloc(): ", "free(): ", "realloc(): ", "double free or corruption", "corrupted size",
	"*** stack smashing detected ***", "*** buffer overflow detected ***", "==ERROR: ", "WARNING: DATA RACE",
}

package worker

// tail keeps the end of what a child writes to its standard error: native
// libraries name the failed check there, never the image.
type tail struct{ data []byte }

const tailBytes = 1024

// Write implements [io.Writer]; one goroutine of os/exec calls it, and the
// text is read after Wait.
func (t *tail) Write(p []byte) (int, error) {
	t.data = append(t.data, p...)
	if n := len(t.data) - tailBytes; n > 0 {
		t.data = append(t.data[:0], t.data[n:]...)
	}
	return len(p), nil
}

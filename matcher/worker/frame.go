package worker

import (
	"encoding/binary"
	"errors"
	"io"
)

const (
	// maxAnswer bounds what a child may say: a crowd of maxFaces faces takes
	// 115 kB at most, a template half a kilobyte.
	maxAnswer = 128 << 10
	// keptBuffer is the largest buffer a child keeps from image to image.
	keptBuffer = 8 << 20
	head       = 4 // bytes of a frame's length
)

var errFrame = errors.New("a frame is longer than allowed")

// writeFrame sends one frame.
func writeFrame(w io.Writer, data []byte) error {
	length, err := frameHead(data)
	if err != nil {
		return err
	}
	_, err = w.Write(append(length[:], data...)) // answers are short: one system call is worth the copy
	return err
}

func frameHead(data []byte) (h [head]byte, err error) {
	if uint64(len(data)) > 1<<31 {
		return h, errFrame
	}
	binary.LittleEndian.PutUint32(h[:], uint32(len(data))) //nolint:gosec // checked above
	return h, nil
}

// readFrame receives one frame of at most limit bytes.
func readFrame(r io.Reader, limit int) ([]byte, error) {
	var length [head]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(length[:])
	if int64(n) > int64(limit) {
		return nil, errFrame
	}
	data := make([]byte, n)
	_, err := io.ReadFull(r, data)
	return data, err
}

// frames reads frames of at most limit bytes into one buffer. The other side
// must not send a frame before the one before it was answered.
type frames struct {
	in    io.Reader
	limit int
	buf   []byte
}

// next gives a frame, whose bytes are valid until the next call. It is read in
// as few calls as the pipe allows, and nowhere copied.
func (f *frames) next() ([]byte, error) {
	if len(f.buf) < head || len(f.buf) > keptBuffer {
		f.buf = make([]byte, 64<<10)
	}
	have, err := io.ReadAtLeast(f.in, f.buf, head)
	if err != nil {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(f.buf))
	if n > int64(f.limit) || int64(have) > head+n {
		return nil, errFrame
	}
	whole := head + int(n)
	if len(f.buf) < whole {
		f.buf = append(make([]byte, 0, whole), f.buf[:have]...)[:whole]
	}
	if _, err := io.ReadFull(f.in, f.buf[have:whole]); err != nil {
		return nil, err
	}
	return f.buf[head:whole], nil
}

package worker

import (
	"encoding/binary"
	"errors"
	"io"
)

// maxAnswer bounds what a child may say: a crowd of maxFaces faces and a
// template fit well.
const maxAnswer = 1 << 20

var errFrame = errors.New("a frame is longer than allowed")

// writeFrame sends one frame.
func writeFrame(w io.Writer, data []byte) error {
	if uint64(len(data)) > 1<<31 {
		return errFrame
	}
	var head [4]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(data))) //nolint:gosec // checked above
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

// readFrame receives one frame of at most limit bytes.
func readFrame(r io.Reader, limit int) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if int64(n) > int64(limit) {
		return nil, errFrame
	}
	data := make([]byte, n)
	_, err := io.ReadFull(r, data)
	return data, err
}

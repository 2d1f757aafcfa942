package osia

import (
	"encoding/binary"
	"maps"
	"slices"

	"oblik/api"
	"oblik/models"
)

// A request waits in this form, in bytes:
//
//	1   version, 1
//	1   flags: 1 for text/csv, 2 for a claim
//	64  the claim's key and body digests, if there is one
//	4   number of the path's parameters, then each one's name and value
//	    the query string
//	    the body
//
// A text is its length in 4 bytes, big-endian, and its bytes. Names ascend. So
// each request has one form, and its images are not blown up as in JSON.
const (
	requestVersion = 1
	flagCSV        = 1
	flagOnce       = 2
	maxParams      = 8
)

func encodeRequest(q request, once *api.Once) []byte {
	out := make([]byte, 0, len(q.body)+len(q.rawURL)+1<<10)
	flags := byte(0)
	if q.csv {
		flags |= flagCSV
	}
	if once != nil {
		flags |= flagOnce
	}
	out = append(out, requestVersion, flags)
	if once != nil {
		out = append(append(out, once.Key[:]...), once.Body[:]...)
	}
	out = appendLength(out, len(q.params))
	for _, name := range slices.Sorted(maps.Keys(q.params)) {
		out = appendText(appendText(out, name), q.params[name])
	}
	return appendText(appendText(out, q.rawURL), q.body)
}

func appendLength(dst []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(n)) //nolint:gosec // a request has far fewer bytes than 4 GiB
}

func appendText[T string | []byte](dst []byte, text T) []byte {
	return append(appendLength(dst, len(text)), text...)
}

// decodeRequest reads what encodeRequest wrote; the body lies in data. Anything
// else is [models.Integrity].
func decodeRequest(data []byte) (q request, once *api.Once, err error) {
	r := stored{data: data}
	version, flags := r.take(1), r.take(1)
	if r.short || version[0] != requestVersion || flags[0]&^(flagCSV|flagOnce) != 0 {
		return request{}, nil, notStored()
	}
	q.csv = flags[0]&flagCSV != 0
	if flags[0]&flagOnce != 0 {
		once = &api.Once{}
		copy(once.Key[:], r.take(len(once.Key)))
		copy(once.Body[:], r.take(len(once.Body)))
	}
	n := r.length()
	if n > maxParams {
		return request{}, nil, notStored()
	}
	q.params = make(map[string]string, n)
	before := ""
	for i := range n {
		name := string(r.text())
		if i > 0 && name <= before {
			return request{}, nil, notStored()
		}
		q.params[name], before = string(r.text()), name
	}
	q.rawURL, q.body = string(r.text()), r.text()
	if r.short || len(r.data) > 0 {
		return request{}, nil, notStored()
	}
	return q, once, nil
}

func notStored() error {
	return models.Errorf("task", models.Integrity, "a stored request is not of the form of this version")
}

// stored reads from the front; once something is missing all else is empty.
type stored struct {
	data  []byte
	short bool
}

func (r *stored) take(n int) []byte {
	if r.short || n < 0 || n > len(r.data) {
		r.short = true
		return nil
	}
	part := r.data[:n:n]
	r.data = r.data[n:]
	return part
}

func (r *stored) length() int {
	b := r.take(4)
	if r.short {
		return 0
	}
	return int(binary.BigEndian.Uint32(b))
}

func (r *stored) text() []byte { return r.take(r.length()) }

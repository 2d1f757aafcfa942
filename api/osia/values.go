package osia

import (
	"bytes"
	"strconv"
)

// number reads a JSON number and returns its text.
func (r *reader) number() string {
	start := r.pos
	if r.peek() == '-' {
		r.pos++
	}
	if r.peek() == '0' {
		r.pos++
	} else {
		r.digits()
	}
	if r.peek() == '.' {
		r.pos++
		r.digits()
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		r.pos++
		if c := r.peek(); c == '+' || c == '-' {
			r.pos++
		}
		r.digits()
	}
	if r.err != nil {
		return ""
	}
	text := string(r.data[start:r.pos])
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		r.fail("a number out of range")
	}
	return text
}

func (r *reader) digits() {
	start := r.pos
	for c := r.peek(); c >= '0' && c <= '9'; c = r.peek() {
		r.pos++
	}
	if r.pos == start {
		r.expected("a number")
	}
}

// boolean reads true or false.
func (r *reader) boolean() {
	if !r.word("true") && !r.word("false") {
		r.expected("true or false")
	}
}

func (r *reader) word(w string) bool {
	if r.err != nil || !bytes.HasPrefix(r.data[r.pos:], []byte(w)) {
		return false
	}
	r.pos += len(w)
	return true
}

// free reads any value of at most limit bytes and returns a copy of its text.
// The pointer of a fault stays at the block: names of keys within it are the
// client's own data.
func (r *reader) free(limit int) []byte {
	start := r.pos
	r.limit = start + limit
	r.value()
	if r.err == nil && r.pos > r.limit {
		r.tooLong(limit)
	}
	r.limit = len(r.data)
	if r.err != nil {
		return nil
	}
	return bytes.Clone(r.data[start:r.pos])
}

func (r *reader) tooLong(limit int) { r.fail("longer than " + strconv.Itoa(limit) + " bytes") }

func (r *reader) value() {
	if r.pos > r.limit {
		r.fail("the value is too long")
		return
	}
	switch c := r.peek(); {
	case c == '{':
		r.object(func(string) { r.value() })
	case c == '[':
		r.array(len(r.data), func(int) { r.value() })
	case c == '"':
		r.quoted()
	case c == '-' || c >= '0' && c <= '9':
		r.number()
	case r.word("true"), r.word("false"), r.word("null"):
	default:
		r.expected("a value")
	}
}

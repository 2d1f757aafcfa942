package osia

import "strings"

// maxDepth is how deep objects and arrays may nest; the schemas need five.
const maxDepth = 32

// reader is a strict pass over one JSON text (RFC 8259): no byte order mark,
// nothing after the value, no key twice, no unknown key, no null unless a
// schema has no type, no number beyond float64, no lone surrogate, no NUL.
// encoding/json is lenient in each of these, and matches keys whatever their
// case. It also copies a 16 MB body several times; here an image's base64 is
// decoded straight from the body.
//
// The first fault is kept in err and stops all that follows; it names the
// place as a JSON pointer. Nothing of data is retained by what is returned.
type reader struct {
	data     []byte
	pos      int
	limit    int // free data may not reach beyond
	depth    int
	path     []string
	maxImage int  // bytes of one decoded image
	refs     bool // whether imageRef is accepted
	err      error
}

// decode reads a whole body with f.
func decode[T any](body []byte, maxImage int, refs bool, f func(*reader) T) (T, error) {
	r := &reader{data: body, limit: len(body), maxImage: maxImage, refs: refs}
	if len(body) == 0 {
		r.fail("the body is empty")
	}
	r.space()
	v := f(r)
	r.space()
	if r.err == nil && r.pos < len(r.data) {
		r.fail("something follows the value")
	}
	return v, r.err
}

// fail keeps the first fault, with the place it was found at.
func (r *reader) fail(text string) { r.failAs(codeJSON, text) }

func (r *reader) failAs(code int32, text string) {
	if r.err != nil {
		return
	}
	r.err = &Fault{Code: code, Detail: r.pointer() + ": " + text}
}

// pointer is RFC 6901; "/" alone stands for the whole document.
func (r *reader) pointer() string {
	if len(r.path) == 0 {
		return "/"
	}
	var b strings.Builder
	for _, step := range r.path {
		b.WriteByte('/')
		b.WriteString(step) // names of the schemas and indices: nothing to escape
	}
	return b.String()
}

// expected fails with what should stand here.
func (r *reader) expected(what string) {
	if r.pos >= len(r.data) {
		r.fail("the JSON text ends too early")
		return
	}
	r.fail("expected " + what)
}

func (r *reader) space() {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end or after a fault.
func (r *reader) peek() byte {
	if r.err != nil || r.pos >= len(r.data) {
		return 0
	}
	return r.data[r.pos]
}

// take consumes c, and fails with what was expected if it is not there.
func (r *reader) take(c byte, expected string) bool {
	if r.peek() != c {
		r.expected(expected)
		return false
	}
	r.pos++
	return true
}

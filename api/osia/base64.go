package osia

import (
	"bytes"
	"encoding/base64"
	"strconv"
)

// image reads base64 of at most maxImage bytes; more is refused before it is
// decoded.
func (r *reader) image() []byte { return r.base64(r.maxImage, codeImageSize) }

// bytes reads base64 of at most limit bytes.
func (r *reader) bytes(limit int) []byte { return r.base64(limit, codeJSON) }

// base64 accepts one form only (RFC 4648, section 4): the standard alphabet
// with padding, without line breaks and without a "data:" prefix, so that what
// is given back is what was sent.
func (r *reader) base64(limit int, tooLarge int32) []byte {
	raw := r.segment()
	if r.err == nil {
		raw = r.unescape(raw) // some encoders write / as \/ and + as \u002B
	}
	if r.err != nil {
		return nil
	}
	if len(raw)/4*3 > limit+2 {
		r.failAs(tooLarge, "more than "+strconv.Itoa(limit)+" bytes")
		return nil
	}
	if bytes.IndexByte(raw, '\n') >= 0 || bytes.IndexByte(raw, '\r') >= 0 { // Go's decoder would skip them
		r.failAs(codeBase64, "line breaks in base64")
		return nil
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
	n, err := base64.StdEncoding.Strict().Decode(out, raw)
	if err != nil {
		r.failAs(codeBase64, "not base64 of the standard alphabet with padding")
		return nil
	}
	if n > limit {
		r.failAs(tooLarge, "more than "+strconv.Itoa(limit)+" bytes")
		return nil
	}
	return out[:n]
}

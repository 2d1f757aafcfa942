package osia

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// segment consumes a string and returns what stands between its quotes,
// neither checked nor unescaped.
func (r *reader) segment() []byte {
	if !r.take('"', "a string") {
		return nil
	}
	start := r.pos
	for {
		n := bytes.IndexByte(r.data[r.pos:], '"')
		if n < 0 {
			r.fail("a string without an end")
			return nil
		}
		end := r.pos + n
		r.pos = end + 1
		slashes := 0
		for slashes < end-start && r.data[end-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return r.data[start:end]
		}
	}
}

// quoted reads a string; the result may lie in the body: copy what is kept.
func (r *reader) quoted() []byte {
	raw := r.segment()
	if r.err != nil {
		return nil
	}
	if !utf8.Valid(raw) {
		r.fail("a string is not UTF-8")
		return nil
	}
	for _, c := range raw {
		if c < ' ' {
			r.fail("a control character in a string must be escaped")
			return nil
		}
	}
	return r.unescape(raw)
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape returns raw itself if it has no escape.
func (r *reader) unescape(raw []byte) []byte {
	n := bytes.IndexByte(raw, '\\')
	if n < 0 {
		return raw
	}
	out := append(make([]byte, 0, len(raw)), raw[:n]...)
	for raw = raw[n:]; len(raw) > 0; {
		if raw[0] != '\\' {
			n := bytes.IndexByte(raw, '\\')
			if n < 0 {
				n = len(raw)
			}
			out, raw = append(out, raw[:n]...), raw[n:]
			continue
		}
		if len(raw) > 1 && raw[1] != 'u' {
			c, ok := escapes[raw[1]]
			if !ok {
				r.fail("an unknown escape in a string")
				return nil
			}
			out, raw = append(out, c), raw[2:]
			continue
		}
		char, size := unicodeEscape(raw)
		if size == 0 {
			r.fail("a \\u escape that is no character, or NUL")
			return nil
		}
		out, raw = utf8.AppendRune(out, char), raw[size:]
	}
	return out
}

// unicodeEscape reads \uXXXX, or two of them that make one character; size is
// 0 for a lone surrogate, NUL, or what is no such escape.
func unicodeEscape(raw []byte) (char rune, size int) {
	first, ok := hex4(raw)
	if !ok || first == 0 {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, 6
	}
	second, ok := hex4(raw[6:])
	if !ok {
		return 0, 0
	}
	if char = utf16.DecodeRune(first, second); char == utf8.RuneError {
		return 0, 0
	}
	return char, 12
}

func hex4(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	var v rune
	for _, c := range raw[2:6] {
		digit := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)
		if digit < 0 || c < '0' {
			return 0, false
		}
		v = v<<4 | rune(digit&0xf)
	}
	return v, true
}

// text reads a string of at most limit bytes.
func (r *reader) text(limit int) string {
	s := r.quoted()
	if len(s) > limit {
		r.tooLong(limit)
		return ""
	}
	return string(s)
}

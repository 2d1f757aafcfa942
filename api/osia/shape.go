package osia

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// shape is an object schema: what each key's value must be, and which keys
// must be there. The value itself is kept as text where it has to be given back.
type shape struct {
	members  map[string]func(*reader)
	required []string
}

// read checks one object and returns the keys that were there.
func (s shape) read(r *reader) map[string]bool {
	seen := r.object(func(key string) {
		check, ok := s.members[key]
		if !ok {
			r.unknown(key)
			return
		}
		r.at(key, func() { check(r) })
	})
	r.require(seen, s.required...)
	return seen
}

// list reads at most limit objects.
func (s shape) list(limit int) func(*reader) {
	return func(r *reader) {
		r.array(limit, func(i int) { r.at(strconv.Itoa(i), func() { s.read(r) }) })
	}
}

// at runs f with one more step in the pointer.
func (r *reader) at(step string, f func()) {
	r.path = append(r.path, step)
	f()
	r.path = r.path[:len(r.path)-1]
}

// unknown names the key, cut and quoted.
func (r *reader) unknown(key string) {
	if len(key) > 64 {
		key = key[:64]
	}
	r.fail("unknown key " + strconv.QuoteToASCII(key))
}

func (r *reader) require(seen map[string]bool, keys ...string) {
	for _, key := range keys {
		if !seen[key] {
			r.fail("the key " + key + " is missing")
		}
	}
}

// raw runs f and returns a copy of the text it read.
func (r *reader) raw(f func(*reader)) []byte {
	start := r.pos
	f(r)
	if r.err != nil {
		return nil
	}
	return append([]byte(nil), r.data[start:r.pos]...)
}

// enum accepts one of a few words, exactly.
func enum(words ...string) func(*reader) {
	return func(r *reader) { r.oneOf(words) }
}

// oneOf reads a string that is one of words.
func (r *reader) oneOf(words []string) string {
	s := string(r.quoted())
	if r.err == nil && !slices.Contains(words, s) {
		r.fail("not one of the accepted words")
	}
	return s
}

// text accepts a string of at most limit bytes.
func text(limit int) func(*reader) { return func(r *reader) { r.text(limit) } }

// integer accepts a number without fraction and exponent within low..high.
func integer(low, high int64) func(*reader) {
	return func(r *reader) {
		n, err := strconv.ParseInt(r.number(), 10, 64)
		if r.err == nil && (err != nil || n < low || n > high) {
			r.fail("expected an integer within " + strconv.FormatInt(low, 10) + ".." + strconv.FormatInt(high, 10))
		}
	}
}

// count is an integer that measures something.
var count = integer(0, math.MaxInt32)

func boolean(r *reader) { r.boolean() }

// date accepts a date and time of RFC 3339.
func date(r *reader) {
	if _, err := time.Parse(time.RFC3339, r.text(64)); err != nil {
		r.fail("not a date and time of RFC 3339")
	}
}

// uri accepts an absolute URI. It is kept as text and never fetched.
func uri(r *reader) { r.uri() }

func (r *reader) uri() string {
	text := r.text(maxURI)
	if u, err := url.Parse(text); err != nil || u.Scheme == "" {
		r.fail("not an absolute URI")
	}
	return text
}

const maxURI = 2048

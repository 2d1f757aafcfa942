package osia

import "strconv"

// object reads an object; member reads the value of each key and leaves the
// reader behind it. It returns the keys that were there.
func (r *reader) object(member func(key string)) map[string]bool {
	seen := map[string]bool{}
	if !r.enter('{', "an object") {
		return seen
	}
	defer func() { r.depth-- }()
	if r.peek() == '}' {
		r.pos++
		return seen
	}
	for r.err == nil {
		key := string(r.quoted())
		r.space()
		r.take(':', "a colon")
		r.space()
		if seen[key] {
			r.fail("a key occurs twice")
		}
		if r.err != nil {
			break
		}
		seen[key] = true
		member(key)
		if r.space(); r.peek() == '}' {
			r.pos++
			break
		}
		r.take(',', "a comma or the object's end")
		r.space()
	}
	return seen
}

// array reads at most limit elements.
func (r *reader) array(limit int, element func(i int)) {
	if !r.enter('[', "an array") {
		return
	}
	defer func() { r.depth-- }()
	if r.peek() == ']' {
		r.pos++
		return
	}
	for i := 0; r.err == nil; i++ {
		if i == limit {
			r.fail("more than " + strconv.Itoa(limit) + " elements")
			return
		}
		element(i)
		if r.space(); r.peek() == ']' {
			r.pos++
			return
		}
		r.take(',', "a comma or the array's end")
		r.space()
	}
}

// enter opens an object or array; the caller lowers depth again if it is true.
func (r *reader) enter(open byte, what string) bool {
	if !r.take(open, what) {
		return false
	}
	if r.depth == maxDepth {
		r.fail("nested deeper than " + strconv.Itoa(maxDepth))
		return false
	}
	r.depth++
	r.space()
	return true
}

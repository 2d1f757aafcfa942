package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// decoded is one JSON value with nothing behind it; nil if text is none.
func decoded(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil
	}
	return v
}

// members gives an object's, and an empty map of anything else.
func members(v any) map[string]any {
	all, _ := v.(map[string]any)
	return all
}

// items gives an array's, and none of anything else.
func items(v any) []any {
	all, _ := v.([]any)
	return all
}

// word gives a member that is a string, else the empty one.
func word(v any, key string) string {
	text, _ := members(v)[key].(string)
	return text
}

// amount gives a member that is a number, else 0.
func amount(v any, key string) float64 {
	n, _ := members(v)[key].(json.Number)
	f, err := n.Float64()
	if err != nil {
		return 0
	}
	return f
}

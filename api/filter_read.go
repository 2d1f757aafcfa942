package api

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"oblik/models"
)

// term is one condition on an attribute.
type term struct {
	name   string // encounterType for the encounter's type
	bound  bound
	values []any // string, float64 or bool; one of a range
}

type bound int

const (
	exactly bound = iota // any of the values
	atLeast
	atMost
)

// read checks a filter; keys are the attributes that may be named.
func (f Filter) read(keys []string) (filter, error) {
	out := filter{face: true, names: slices.Sorted(maps.Keys(f))}
	if len(f) > maxFilterMembers {
		return out, badFilter("more than %d members", maxFilterMembers)
	}
	size := 0
	for name, value := range f {
		size += len(name) + len(value)
	}
	if size > maxFilterBytes {
		return out, badFilter("more than %d bytes", maxFilterBytes)
	}
	for _, name := range out.names {
		if err := out.add(name, f[name], keys); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (f *filter) add(name string, value json.RawMessage, keys []string) error {
	t := term{name: name}
	if name != encounterType && name != biometricType {
		t.name, t.bound = attribute(name, keys)
	}
	if t.name == "" {
		return badFilter("an attribute that the operator has not listed")
	}
	var err error
	if t.values, err = scalars(value, t.bound == exactly); err != nil {
		return err
	}
	switch name {
	case encounterType:
		if slices.ContainsFunc(t.values, isNoText) {
			return badFilter("%s must be a string or an array of strings", name)
		}
	case biometricType:
		return f.limit(t.values)
	}
	if t.bound != exactly {
		if _, flag := t.values[0].(bool); flag {
			return badFilter("a bound must be a string or a number")
		}
	}
	if slices.ContainsFunc(t.values, t.slips) {
		return badFilter("an attribute named a date must be one of RFC 3339, one named a year a number or four digits")
	}
	f.terms = append(f.terms, t)
	return nil
}

var fourDigits = regexp.MustCompile(`^[0-9]{4}$`)

// slips is true for a value that is neither the date nor the year its
// attribute's name asks for: it would fit nobody, or be compared as text.
func (t term) slips(v any) bool {
	date, year := namesA("date", t.name), namesA("year", t.name)
	if !date && !year {
		return false
	}
	switch v := v.(type) {
	case string:
		_, isDate := moment(v, false)
		fits := date && isDate || year && fourDigits.MatchString(v)
		return !fits
	case float64:
		return !year
	default:
		return true
	}
}

// namesA says whether an attribute's name begins or ends with a word, as
// dateOfBirth and enrollmentDate do.
func namesA(word, name string) bool {
	ending, lower := strings.ToUpper(word[:1])+word[1:], strings.ToLower(name)
	return strings.HasPrefix(lower, word) || strings.HasSuffix(name, ending) || strings.HasSuffix(lower, "_"+word)
}

// limit leaves faces out of the comparison if only others are named.
func (f *filter) limit(types []any) error {
	f.face = false
	for _, v := range types {
		text, _ := v.(string)
		if !slices.Contains(modalities, models.Modality(text)) {
			return badFilter("%s must name one of %v", biometricType, modalities)
		}
		f.face = f.face || text == string(models.Face)
	}
	return nil
}

// attribute splits a member's name; empty if there is no such attribute. One
// that is itself called ...Min or ...Max goes before a bound of another.
func attribute(member string, keys []string) (string, bound) {
	if slices.Contains(keys, member) {
		return member, exactly
	}
	if name, ok := strings.CutSuffix(member, "Min"); ok && slices.Contains(keys, name) {
		return name, atLeast
	}
	if name, ok := strings.CutSuffix(member, "Max"); ok && slices.Contains(keys, name) {
		return name, atMost
	}
	return "", exactly
}

// scalars reads a value, or an array of values if several may be.
func scalars(value json.RawMessage, several bool) ([]any, error) {
	var v any
	if err := json.Unmarshal(value, &v); err != nil { // also 1e999, and what is nested too deep
		return nil, badFilter("a value that can't be read")
	}
	all, array := v.([]any)
	if !array {
		all = []any{v}
	}
	switch {
	case array && !several:
		return nil, badFilter("a bound must be a string or a number")
	case len(all) == 0:
		return nil, badFilter("an empty array")
	}
	for _, v := range all {
		switch v.(type) {
		case string, float64, bool:
		default:
			return nil, badFilter("a value must be a string, a number, true, false or an array of these")
		}
	}
	return all, nil
}

func isNoText(v any) bool {
	_, text := v.(string)
	return !text
}

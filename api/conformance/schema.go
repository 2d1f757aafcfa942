package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// schema is what OpenAPI 3.0 calls a schema object, as far as the standard
// uses it. The zero value accepts everything.
type schema struct {
	kind       string // object, array, string, integer, number, boolean; "": any
	format     string // of a string or an integer
	words      []string
	properties map[string]schema
	required   []string
	open       bool // whether an object may have other properties
	items      *schema
	least      int  // items of an array
	unique     bool // whether these differ
}

// properties is a short name for the literals.
type properties = map[string]schema

func object(p properties, required ...string) schema {
	return schema{kind: "object", properties: p, required: required}
}
func list(of schema) schema       { return schema{kind: "array", items: &of} }
func enum(words ...string) schema { return schema{kind: "string", words: words} }
func (s schema) as(format string) schema {
	s.format = format
	return s
}

// check says where and why v, as encoding/json decodes it with UseNumber, does
// not fit; the empty string: it does. Values are not repeated: they may be
// somebody's.
func (s schema) check(v any) string { return s.at("$", v) }

func (s schema) at(path string, v any) string {
	switch s.kind {
	case "object":
		return s.object(path, v)
	case "array":
		return s.array(path, v)
	case "string":
		return s.text(path, v)
	case "integer", "number":
		return s.number(path, v)
	case "boolean":
		if _, ok := v.(bool); !ok {
			return path + " is not a boolean"
		}
	}
	return ""
}

func (s schema) object(path string, v any) string {
	all, ok := v.(map[string]any)
	if !ok {
		return path + " is not an object"
	}
	for _, key := range s.required {
		if _, there := all[key]; !there {
			return path + " lacks " + key
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		property, known := s.properties[key]
		if !known && !s.open {
			return fmt.Sprintf("%s has the key %.40q, which its schema has not", path, key)
		}
		if known {
			if fault := property.at(path+"."+key, all[key]); fault != "" {
				return fault
			}
		}
	}
	return ""
}

func (s schema) array(path string, v any) string {
	all, ok := v.([]any)
	if !ok {
		return path + " is not an array"
	}
	if len(all) < s.least {
		return fmt.Sprintf("%s has fewer than %d items", path, s.least)
	}
	seen := map[string]bool{}
	for i, item := range all {
		if fault := s.items.at(path+"["+strconv.Itoa(i)+"]", item); fault != "" {
			return fault
		}
		key := fmt.Sprint(item)
		if s.unique && seen[key] {
			return path + " has an item twice"
		}
		seen[key] = true
	}
	return ""
}

func (s schema) text(path string, v any) string {
	text, ok := v.(string)
	if !ok {
		return path + " is not a string"
	}
	if s.words != nil && !slices.Contains(s.words, text) {
		return path + " is none of " + strings.Join(s.words, ", ")
	}
	var err error
	switch s.format {
	case "date-time":
		_, err = time.Parse(time.RFC3339, text)
	case "byte":
		_, err = base64.StdEncoding.DecodeString(text)
	case "uri":
		_, err = url.Parse(text)
	}
	if err != nil {
		return path + " is not of the format " + s.format
	}
	return ""
}

func (s schema) number(path string, v any) string {
	n, ok := v.(json.Number)
	if !ok {
		return path + " is not a number"
	}
	if s.kind == "number" {
		return ""
	}
	bits := 64
	if s.format == "int32" {
		bits = 32
	}
	if _, err := strconv.ParseInt(n.String(), 10, bits); err != nil {
		return fmt.Sprintf("%s is not an integer of %d bits", path, bits)
	}
	return ""
}

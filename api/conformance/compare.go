package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
)

// same demands that what was given is read again: every member of it, at any
// depth; the service may add others.
func (t *trial) same(given, read any) {
	content, err := json.Marshal(given)
	if err != nil {
		panic(err) // a check's own body
	}
	if fault := differs("$", decoded(content), read); fault != "" {
		t.failf("what was stored is not what is read: %s", fault)
	}
}

func differs(path string, given, read any) string {
	switch given := given.(type) {
	case map[string]any:
		for key, value := range given {
			if fault := differs(path+"."+key, value, members(read)[key]); fault != "" {
				return fault
			}
		}
		return ""
	case []any:
		if len(given) != len(items(read)) {
			return path + " has another length"
		}
		if path == "$.galleries" && sameWords(given, items(read)) {
			return ""
		}
		for i, value := range given {
			if fault := differs(path+"[]", value, items(read)[i]); fault != "" {
				return fault
			}
		}
		return ""
	case string:
		text, _ := read.(string)
		if given == text || path == "$.biometricData[].image" && sameBytes(given, text) {
			return ""
		}
		return path + " differs"
	}
	if !reflect.DeepEqual(given, read) {
		return path + " differs"
	}
	return ""
}

// sameBytes compares what two texts of base64 encode.
func sameBytes(a, b string) bool {
	first, err := base64.StdEncoding.DecodeString(a)
	if err != nil {
		return false
	}
	second, err := base64.StdEncoding.DecodeString(b)
	return err == nil && bytes.Equal(first, second)
}

// sameWords compares two lists whatever their order.
func sameWords(a, b []any) bool {
	count := map[any]int{}
	for _, w := range a {
		count[w]++
	}
	for _, w := range b {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// unchanged demands that two readings are equal.
func (t *trial) unchanged(what string, before, after any) {
	if !reflect.DeepEqual(before, after) {
		t.failf("%s changed, although the request was refused", what)
	}
}

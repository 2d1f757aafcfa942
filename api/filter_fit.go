package api

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"oblik/models"
)

// fits says whether an encounter fits every member of the filter.
func (f filter) fits(e models.Encounter) bool {
	if len(f.terms) == 0 {
		return true
	}
	blocks := []map[string]json.RawMessage{members(e.Biographic), members(e.Contextual)}
	for _, t := range f.terms {
		var v any
		if t.name == encounterType {
			v = e.Type
		} else {
			v = lookUp(t.name, blocks)
		}
		if !t.fits(v) {
			return false
		}
	}
	return true
}

// members are those of an object; none of anything else, such as an encrypted
// block, which is a string.
func members(block []byte) map[string]json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(block, &all) != nil {
		return nil
	}
	return all
}

// lookUp is the attribute in the first block that has it; nil if none has.
func lookUp(name string, blocks []map[string]json.RawMessage) any {
	for _, block := range blocks {
		if raw, ok := block[name]; ok {
			var v any
			if json.Unmarshal(raw, &v) != nil { // a number beyond floating point
				return nil
			}
			return v
		}
	}
	return nil
}

// fits is false for nil, objects and arrays: no condition is met by them.
func (t term) fits(v any) bool {
	switch t.bound {
	case atLeast:
		order, ok := compare(v, t.values[0], false)
		return ok && order >= 0
	case atMost:
		order, ok := compare(v, t.values[0], true)
		return ok && order <= 0
	}
	return slices.Contains(t.values, v)
}

// compare orders an attribute against a bound, which is the upper one or the
// lower; not ok if their types differ.
func compare(v, limit any, upper bool) (order int, ok bool) {
	switch limit := limit.(type) {
	case float64:
		number, ok := v.(float64)
		return cmp.Compare(number, limit), ok
	case string:
		text, ok := v.(string)
		if !ok {
			return 0, false
		}
		at, isTime := moment(text, false)
		end, endIsTime := moment(limit, upper)
		if isTime && endIsTime {
			return at.Compare(end), true
		}
		return strings.Compare(text, limit), true
	}
	return 0, false
}

// moment reads an RFC 3339 date or date and time; of a date the first moment
// in UTC, or the last.
func moment(text string, last bool) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		if last {
			day = day.AddDate(0, 0, 1).Add(-1)
		}
		return day, true
	}
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

package api

import (
	"encoding/json"
	"errors"

	"oblik/models"
)

// Filter narrows a search to the encounters that fit all its members, which are
// the wire's as they came, e.g.
//
//	{"gender": "F", "nationality": ["UTO", "XXA"], "dateOfBirthMin": "1980-01-01"}
//
// A member names an attribute of the biographic data or, if it is not there, of
// the contextual data, and the operator lists which ([Policy].FilterKeys): what
// clients may search by is a decision about privacy. Its value is a string, a
// number, true or false, or an array of these of which any fits. With Min or Max
// after the name it is a bound, itself included: numbers as 64-bit floating
// point, dates (RFC 3339, with or without a time) as times, a day as the whole
// of it in UTC, other strings by their bytes. encounterType is the encounter's
// type, biometricType the modalities to compare.
//
// A slip must not pass for an answer: an attribute whose name has "date" in it, in
// whatever case, takes nothing but dates, and one with "year" numbers and
// strings of four digits.
//
// An encounter that lacks the attribute, has it encrypted, or has a value of
// another type does not fit: a filter never lets in what it can't judge.
type Filter map[string]json.RawMessage

// Bounds of filters. A value's size is bounded by the whole.
const (
	maxFilterMembers = 32
	maxFilterBytes   = 64 << 10 // names and values together
	maxFilterKeys    = 256      // that an operator may list
)

// The members every filter may have.
const (
	encounterType = "encounterType"
	biometricType = "biometricType"
)

// modalities are OSIA's biometric types.
var modalities = []models.Modality{models.Face, "FINGER", "IRIS", "SIGNATURE", "UNKNOWN"}

var errFilter = errors.New("filter")

// IsFilterFault says of an error of kind [models.Invalid] that the filter is
// what is wrong.
func IsFilterFault(err error) bool { return errors.Is(err, errFilter) }

// badFilter names the kind of the fault, never a client's word: it may be a name.
func badFilter(text string, args ...any) error {
	return models.Errorf("filter", models.Invalid, "%w: "+text, append([]any{errFilter}, args...)...)
}

// filter is a [Filter] that has been read.
type filter struct {
	terms []term   // of encounters
	names []string // of the members, sorted, for the audit trail
	face  bool     // whether faces are to be compared
}

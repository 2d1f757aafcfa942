package osia

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"oblik/models"
)

// maxQueryText bounds a parameter of free text, in bytes.
const maxQueryText = 256

// query holds the parameters of one call. algorithm, accuracyLevel, priority
// and serviceLevel are hints in OSIA; they are checked and have no effect yet.
type query struct {
	transaction string
	threshold   *float64 // nil if not given
	candidates  int      // 0 if not given
}

// parseQuery is strict: an unknown parameter is refused, since a threshold
// misspelt and ignored would decide otherwise than the client believes; so is
// one given twice, or with a broken escape.
func parseQuery(raw string, accepted []string) (query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return query{}, badQuery("the query string is not well formed")
	}
	for key, list := range values {
		if key != "transactionId" && !slices.Contains(accepted, key) {
			return query{}, badQuery("an unknown one is given")
		}
		if len(list) != 1 {
			return query{}, badQuery(key + " is given twice")
		}
		if !utf8.ValidString(list[0]) || strings.ContainsRune(list[0], 0) {
			return query{}, badQuery(key + " is not text")
		}
		if len(list[0]) > maxQueryText && key != "callback" {
			return query{}, badQuery(key + " is too long")
		}
	}
	q := query{transaction: values.Get("transactionId")}
	if q.transaction == "" {
		return query{}, badQuery("transactionId is required")
	}
	for _, level := range []string{"priority", "serviceLevel"} {
		if _, err := small(values, level, 0, 9); err != nil {
			return query{}, err
		}
	}
	if q.candidates, err = small(values, "maxNbCand", 1, models.MaxCandidates); err != nil {
		return query{}, err
	}
	if values.Has("threshold") {
		if q.threshold, err = number(values.Get("threshold")); err != nil {
			return query{}, err
		}
	}
	if values.Has("callback") {
		return query{}, &Fault{Code: codeCallback}
	}
	return q, nil
}

// small reads a whole number within low..high; 0 if it is not given.
func small(values url.Values, key string, low, high uint64) (int, error) {
	if !values.Has(key) {
		return 0, nil
	}
	n, err := strconv.ParseUint(values.Get(key), 10, 31)
	if err != nil || n < low || n > high {
		return 0, badQuery(key + " must be a whole number within " + strconv.FormatUint(low, 10) + ".." + strconv.FormatUint(high, 10))
	}
	return int(n), nil
}

// number accepts JSON's numbers: no NaN, no Inf, no hexadecimal.
func number(text string) (*float64, error) {
	s, err := decode([]byte(text), 0, (*reader).number)
	if err != nil {
		return nil, badQuery("threshold must be a number")
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, badQuery("threshold must be a number")
	}
	return &v, nil
}

func badQuery(text string) error { return &Fault{Code: codeQuery, Detail: text} }

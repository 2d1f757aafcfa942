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

// Bounds of a page of a gallery.
const (
	maxOffset   = 1<<31 - 1
	maxPage     = 100_000
	defaultPage = 1000
)

// query holds the parameters of one call. algorithm, accuracyLevel and
// serviceLevel are hints in OSIA; they are checked and have no effect.
type query struct {
	transaction string
	callback    string        // empty for a synchronous answer
	priority    int           // 0 if not given
	threshold   *float64      // nil if not given
	candidates  int           // 0 if not given
	status      models.Status // empty if not given
	page        page
	wanted      wanted
}

// page is a part of a list.
type page struct{ offset, limit int }

// wanted is which of a record's templates are asked for; empty for any.
type wanted struct{ modality, subType, instance, format, quality string }

// parseQuery is strict: an unknown parameter is refused, since a threshold
// misspelt and ignored would decide otherwise than the client believes; so is
// one given twice, or with a broken escape.
func parseQuery(raw string, accepted []string) (q query, err error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return query{}, badQuery("the query string is not well formed")
	}
	for key, list := range values {
		if err := checkParameter(key, list, accepted); err != nil {
			return query{}, err
		}
	}
	q.transaction, q.callback = values.Get("transactionId"), values.Get("callback")
	q.wanted = wanted{
		values.Get("biometricType"), values.Get("biometricSubType"), values.Get("instance"),
		values.Get("templateFormat"), values.Get("qualityFormat"),
	}
	switch {
	case q.transaction == "":
		return query{}, badQuery("transactionId is required")
	case values.Has("callback") && (q.callback == "" || len(q.callback) > maxURI):
		return query{}, badQuery("callback must have 1 to " + strconv.Itoa(maxURI) + " bytes")
	case !known(values):
		return query{}, badQuery("the biometric type or subtype is not one of OSIA's")
	}
	return q, q.numbers(values)
}

func checkParameter(key string, list, accepted []string) error {
	switch {
	case key != "transactionId" && !slices.Contains(accepted, key):
		return badQuery("an unknown one is given")
	case len(list) != 1:
		return badQuery(key + " is given twice")
	case !utf8.ValidString(list[0]) || strings.ContainsRune(list[0], 0):
		return badQuery(key + " is not text")
	case len(list[0]) > maxQueryText && key != "callback":
		return badQuery(key + " is too long")
	}
	return nil
}

// numbers reads the parameters that are not free text.
func (q *query) numbers(values url.Values) (err error) {
	for _, p := range []struct {
		to        *int
		key       string
		low, high uint64
	}{
		{&q.priority, "priority", 0, 9},
		{new(int), "serviceLevel", 0, 9},
		{&q.candidates, "maxNbCand", 1, models.MaxCandidates},
		{&q.page.offset, "offset", 0, maxOffset},
		{&q.page.limit, "limit", 1, maxPage},
	} {
		if *p.to, err = small(values, p.key, p.low, p.high); err != nil {
			return err
		}
	}
	if q.page.limit == 0 {
		q.page.limit = defaultPage
	}
	if values.Has("threshold") {
		if q.threshold, err = number(values.Get("threshold")); err != nil {
			return err
		}
	}
	if values.Has("status") {
		q.status = models.Status(strings.ToUpper(values.Get("status")))
		if q.status != models.Active && q.status != models.Inactive {
			return badQuery("status must be ACTIVE or INACTIVE")
		}
	}
	return nil
}

// known says whether the words that are given are the standard's.
func known(values url.Values) bool {
	for key, words := range map[string][]string{"biometricType": biometricTypes, "biometricSubType": subTypes} {
		if values.Has(key) && !slices.Contains(words, values.Get(key)) {
			return false
		}
	}
	return true
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
	s, err := decode([]byte(text), 0, false, (*reader).number)
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

package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"oblik/models"
)

// hMin and xMin are attributes whose names end as bounds do.
var filterKeys = append(DefaultPolicy().FilterKeys, "hMin", "x", "xMin", "EXPIRY_DATE", "dateOrYear")

// readFilter reads a filter as the wire gives it.
func readFilter(text string) (filter, error) {
	var f Filter
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return filter{}, fmt.Errorf("not an object: %w", err)
	}
	return f.read(filterKeys)
}

func TestFilterRefuses(t *testing.T) {
	many := make([]string, maxFilterMembers+1)
	for i := range many {
		many[i] = fmt.Sprintf(`"k%d":1`, i)
	}
	for name, text := range map[string]string{
		"unknown attribute":  `{"secretname":"s3cret"}`,
		"other case":         `{"Gender":"s3cret"}`,
		"bound of unknown":   `{"heightMin":1}`,
		"bound alone":        `{"Min":1}`,
		"null":               `{"gender":null}`,
		"object":             `{"gender":{"s3cret":1}}`,
		"nested array":       `{"gender":[["s3cret"]]}`,
		"null in an array":   `{"gender":["s3cret",null]}`,
		"empty array":        `{"gender":[]}`,
		"huge number":        `{"yearOfBirth":1e999}`,
		"bound of an array":  `{"yearOfBirthMin":[1]}`,
		"bound of true":      `{"yearOfBirthMax":true}`,
		"bound of null":      `{"yearOfBirthMax":null}`,
		"not a date":         `{"dateOfBirthMin":"s3cret"}`,
		"a year for a date":  `{"dateOfBirthMin":"1980"}`,
		"a number":           `{"dateOfBirth":1983}`,
		"true for a date":    `{"dateOfBirth":true}`,
		"one is not a date":  `{"dateOfBirth":["1980-02-29","29.02.1980"]}`,
		"no such day":        `{"enrollmentDateMax":"2023-02-29"}`,
		"a time of no zone":  `{"enrollmentDate":"2024-05-01T23:30:00"}`,
		"upper case date":    `{"EXPIRY_DATE":"s3cret"}`,
		"not a year":         `{"yearOfBirth":"s3cret"}`,
		"a date for a year":  `{"yearOfBirthMax":"1980-02-29"}`,
		"true for a year":    `{"yearOfBirth":true}`,
		"five digits":        `{"yearOfBirth":"19800"}`,
		"type not a text":    `{"encounterType":1}`,
		"type bound":         `{"encounterTypeMin":"a"}`,
		"modality":           `{"biometricType":["FACE","s3cret"]}`,
		"modality, a number": `{"biometricType":1}`,
		"modality, none":     `{"biometricType":[]}`,
		"modality bound":     `{"biometricTypeMin":"FACE"}`,
		"33 members":         "{" + strings.Join(many, ",") + "}",
		"64 KiB":             `{"gender":"` + strings.Repeat("x", maxFilterBytes) + `"}`,
		"depth":              `{"gender":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
	} {
		_, err := readFilter(text)
		if models.KindOf(err) != models.Invalid || !IsFilterFault(err) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "secretname") {
			t.Errorf("%s: a client's word in %v", name, err)
		}
	}
	if IsFilterFault(models.Errorf("x", models.Invalid, "y")) {
		t.Error("every fault passes for the filter's")
	}
}

func TestFilterFits(t *testing.T) {
	e := models.Encounter{
		Type: "visa",
		Biographic: []byte(`{"gender":"F","yearOfBirth":1980,"dateOfBirth":"1980-02-29","enrollmentDate":"2024-05-01T23:30:00Z",
			"nationality":["UTO"],"region":null,"x":true,"xMin":"low","hMin":1e999}`),
		Contextual: []byte(`{"gender":"M","region":"north"}`),
	}
	contextual := models.Encounter{Type: "visa", Biographic: []byte(`"encrypted"`), Contextual: []byte(`{"gender":"F"}`)}
	none := models.Encounter{Type: "visa", Biographic: []byte(`null`), Contextual: []byte(`["gender"]`)}
	for _, c := range []struct {
		filter              string
		full, inner, absent bool // whether e, contextual and none fit
	}{
		{`{}`, true, true, true},
		{`{"biometricType":["IRIS","FACE"]}`, true, true, true},
		{`{"encounterType":"visa"}`, true, true, true},
		{`{"encounterType":["id","visa"]}`, true, true, true},
		{`{"encounterType":"VISA"}`, false, false, false},
		{`{"gender":"F"}`, true, true, false},
		{`{"gender":"M"}`, false, false, false}, // the biographic data come first
		{`{"gender":["M","F"]}`, true, true, false},
		{`{"gender":"F","encounterType":"id"}`, false, false, false},
		{`{"region":"north"}`, false, false, false}, // null is a value of another type
		{`{"nationality":"UTO"}`, false, false, false},
		{`{"x":true}`, true, false, false},
		{`{"x":false}`, false, false, false},
		{`{"x":"true"}`, false, false, false},
		{`{"xMin":"low"}`, true, false, false}, // an attribute of its own
		{`{"hMin":1}`, false, false, false},
		{`{"yearOfBirth":1980}`, true, false, false},
		{`{"yearOfBirth":1.98e3}`, true, false, false},
		{`{"yearOfBirth":"1980"}`, false, false, false},
		{`{"yearOfBirthMin":1980,"yearOfBirthMax":1980}`, true, false, false},
		{`{"yearOfBirthMin":1980.5}`, false, false, false},
		{`{"yearOfBirthMax":1979}`, false, false, false},
		{`{"yearOfBirthMin":"1980"}`, false, false, false},
		{`{"genderMin":1}`, false, false, false},
		{`{"genderMin":"E","genderMax":"F"}`, true, true, false},
		{`{"genderMin":"FA"}`, false, false, false},
		{`{"dateOfBirth":"1980-02-29"}`, true, false, false},
		{`{"dateOrYear":["1980","1980-02-29",1980]}`, false, false, false},
		{`{"EXPIRY_DATE":"2030-01-01"}`, false, false, false},
		{`{"dateOfBirthMin":"1980-02-29","dateOfBirthMax":"1980-02-29"}`, true, false, false},
		{`{"dateOfBirthMin":"1980-03-01"}`, false, false, false},
		{`{"dateOfBirthMax":"1980-02-28"}`, false, false, false},
		{`{"enrollmentDateMax":"2024-05-01"}`, true, false, false}, // the whole day
		{`{"enrollmentDateMax":"2024-04-30"}`, false, false, false},
		{`{"enrollmentDateMin":"2024-05-02T00:30:00+01:00"}`, true, false, false}, // the same moment
		{`{"enrollmentDateMin":"2024-05-02T00:30:01+01:00"}`, false, false, false},
		{`{"enrollmentDateMax":"2024-05-01T23:30:00Z"}`, true, false, false},
		{`{"enrollmentDateMax":"2024-05-01T23:29:59Z"}`, false, false, false},
	} {
		f, err := readFilter(c.filter)
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		if got := [3]bool{f.fits(e), f.fits(contextual), f.fits(none)}; got != [3]bool{c.full, c.inner, c.absent} {
			t.Errorf("%s: %v, want %v", c.filter, got, [3]bool{c.full, c.inner, c.absent})
		}
	}
}

func TestFilterOfModalities(t *testing.T) {
	for text, want := range map[string]bool{
		`{}`: true, `{"biometricType":"FACE"}`: true, `{"biometricType":["IRIS","FACE"]}`: true, `{"biometricType":["FACE","IRIS"]}`: true,
		`{"biometricType":["IRIS"]}`: false, `{"biometricType":"UNKNOWN"}`: false,
	} {
		if f, err := readFilter(text); err != nil || f.face != want || len(f.terms) != 0 {
			t.Errorf("%s: %+v, %v", text, f, err)
		}
	}
}

// Whatever a filter and a record hold: no panic; a refusal is of the filter;
// one with a condition never fits a record without attributes; and a record fits
// several conditions only if it fits each.
func FuzzFilter(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"dateOfBirthMin":"1980-01-01","dateOfBirthMax":"2019-12-31"}`, `{"dateOfBirth":"1999-05-05"}`},
		{`{"gender":["M","F"],"encounterType":"visa"}`, `{"gender":"F"}`},
		{`{"yearOfBirthMin":1e3,"yearOfBirthMax":1e400}`, `{"yearOfBirth":-0}`},
		{`{"biometricType":["FACE","IRIS"]}`, `"encrypted"`},
		{`{"gender":{"a":[]}}`, `[]`},
		{`{"x":true,"xMin":"","xMinMax":"a"}`, `{"x":{},"xMin":[[]]}`},
		{`{"enrollmentDateMax":"9999-12-31"}`, `{"enrollmentDate":"0000-01-01T00:00:00-23:59"}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, block string) {
		var members Filter
		if json.Unmarshal([]byte(text), &members) != nil {
			return
		}
		all, err := members.read(filterKeys)
		if err != nil {
			if !IsFilterFault(err) || models.KindOf(err) != models.Invalid {
				t.Fatal(err)
			}
			return
		}
		e := models.Encounter{Type: "visa", Biographic: []byte(block)}
		each := true
		for name, value := range members {
			one, err := Filter{name: value}.read(filterKeys)
			if err != nil {
				t.Fatalf("together, not alone: %v", err)
			}
			each = each && one.fits(e)
		}
		if all.fits(e) != each {
			t.Fatalf("all %t, each %t", all.fits(e), each)
		}
		if len(all.terms) > 0 && all.fits(models.Encounter{}) && members[encounterType] == nil {
			t.Fatal("a record without attributes fits")
		}
	})
}

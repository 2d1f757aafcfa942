package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"
)

// bodyCase is a request to enrol that must be refused.
type bodyCase struct {
	row     int
	name    string
	body    string
	code    int
	says    string // a part of the message
	headers [][2]string
}

func bodyCases(t testing.TB) []bodyCase {
	t.Helper()
	photo := base64.StdEncoding.EncodeToString(photoFile(t, "obama.jpg"))
	sound := text(t, encounter(photoFile(t, "obama.jpg")))
	with := func(key, value string) string { return `{"` + key + `":` + value + "," + sound[1:] }
	swap := func(old, next string) string { return strings.Replace(sound, old, next, 1) }
	image := func(value string) string { return swap(photo, value) }
	kind := func(value string) [][2]string { return [][2]string{{"Content-Type", value}} }
	part := "--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"../../etc/passwd\"\r\n\r\n" + "bytes\r\n"
	return []bodyCase{
		{33, "nothing", "", 40001, "empty", nil},
		{33, "cut off", sound[:len(sound)/2], 40001, "without an end", nil},
		{33, "a byte order mark", "\ufeff" + sound, 40001, "expected an object", nil},
		{33, "a comma too many", sound[:len(sound)-1] + ",}", 40001, "expected a string", nil},
		{33, "NaN", with("biographicData", "NaN"), 40001, "/biographicData", nil},
		{33, "1e999", with("biographicData", "1e999"), 40001, "/biographicData", nil},
		{33, "a key twice", with("status", `"ACTIVE"`), 40001, "twice", nil},
		{33, "a key twice within", with("biographicData", `{"a":1,"a":2}`), 40001, "twice", nil},
		{33, "10,000 deep", with("biographicData", strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)), 40001, "deeper", nil},
		{34, "an unknown field", with("photo", `"x"`), 40001, "/", nil},
		{34, "a wrong type", swap(`["g"]`, `"g"`), 40001, "/galleries", nil},
		{34, "null", swap(`["g"]`, "null"), 40001, "/galleries", nil},
		{34, "a field missing", swap(`"status":"ACTIVE"`, `"clientData":""`), 40001, "status", nil},
		{34, "an unknown field of an item", swap(`"biometricType":"FACE"`, `"biometricType":"FACE","x":1`), 40001, "/biometricData/0", nil},
		{35, "another alphabet", image("__-_" + photo), 40017, "/biometricData/0/image", nil},
		{35, "a line break", image(photo[:76] + `\n` + photo[76:]), 40017, "", nil},
		{35, "no padding", image("YQ"), 40017, "", nil},
		{35, "a data URI", image("data:image/jpeg;base64," + photo), 40017, "", nil},
		{35, "6 MiB and a byte", image(strings.Repeat("AAAA", 2<<20+1)), 41301, "", nil},
		{35, "20 MB", image(strings.Repeat("AAAA", 20<<18)), 41300, "", nil},
		{37, "gzip of 32 MB", gzipped(t, 32<<20), 40042, "", [][2]string{{"Content-Encoding", "gzip"}}},
		{37, "said to be deflated", sound, 40042, "", [][2]string{{"Content-Encoding", "deflate"}}},
		{37, "21 MB", sound + strings.Repeat(" ", 21<<20), 41300, "", nil},
		{38, "parts without a boundary", part, 40041, "", kind("multipart/form-data")},
		{38, "10,000 parts", strings.Repeat(part, 10_000) + "--x--", 40041, "", kind("multipart/form-data; boundary=x")},
		{38, "a part's name of 1 MB", strings.Replace(part, "image", strings.Repeat("n", 1<<20), 1) + "--x--", 40041, "", kind("multipart/form-data; boundary=x")},
		{38, "parts in parts", "--y\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + part + "--x--\r\n--y--", 40041, "", kind("multipart/mixed; boundary=y")},
		{38, "a NUL in a file's name", strings.Replace(part, "passwd", "pass\x00wd", 1) + "--x--", 40041, "", kind("multipart/form-data; boundary=x")},
		{39, "no type", sound, 40041, "", kind("")},
		{39, "two types", sound, 40041, "", [][2]string{{"Content-Type", "application/json"}, {"Content-Type", "text/html"}}},
		{39, "two in one", sound, 40041, "", kind("application/json, text/html")},
		{39, "another charset", sound, 40041, "", kind("application/json; charset=utf-7")},
		{39, "another type", sound, 40041, "", kind("image/jpeg")},
	}
}

func gzipped(t testing.TB, n int) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(bytes.Repeat([]byte(" "), n)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Rows 33 to 35 and 37 to 39: bodies that are no request. Each is refused with
// its own code, the same twice, and leaves nothing.
func TestRowsOfBodies(t *testing.T) {
	s, set := withP(t)
	for _, c := range bodyCases(t) {
		for range 2 {
			a := s.send("POST", "/v1/persons/q/encounters/1?transactionId=t", c.body, c.headers...)
			if a.Code != c.code || !strings.Contains(a.Message, c.says) {
				t.Errorf("row %d, %s: code %d (%s), want %d (%s)", c.row, c.name, a.Code, a.Message, c.code, c.says)
			}
		}
	}
	for _, kind := range []string{"APPLICATION/JSON", "application/json; charset=UTF-8"} { // of row 39, and sound
		a := s.send("POST", "/v1/verify/g/p?transactionId=t", text(t, probe(photoFile(t, "obama2.jpg"))), [2]string{"Content-Type", kind})
		if a.status != 200 {
			t.Errorf("%s: %d %s", kind, a.status, a.Message)
		}
	}
	nothingLeft(t, s, set)
}

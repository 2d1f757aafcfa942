package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"oblik/models"
)

func readList(text string) (items []item, err error) {
	err = list{"/reg/list.csv", []models.GalleryID{"default"}}.read(strings.NewReader(text), func(it item) error {
		items = append(items, it)
		return nil
	})
	return items, err
}

func TestList(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for _, c := range []struct{ name, text, want string }{
		{"least", "file,person\na.jpg,anna\n", "a.jpg /reg/a.jpg anna/a [default] enrolment"},
		{"all", "type,gallery,encounter,person,file\nvisit, a;b ,7,anna,sub/b c.jpg\n", "sub/b c.jpg /reg/sub/b c.jpg anna/7 [a b] visit"},
		{"empty fields", "file,person,encounter,gallery,type\na.jpg,anna,,,\n", "a.jpg /reg/a.jpg anna/a [default] enrolment"},
		{"mark, CRLF, no end", "\ufeffFile, PERSON\r\n/else/a.b.png,anna\r\n\r\nc,bob", "/else/a.b.png /else/a.b.png anna/a.b [default] enrolment|c /reg/c bob/c [default] enrolment"},
		{"quoted", "\"file\",person\n\"a,\"\"b\"\".jpg\",anna\n", "line 2: encounterId"},
		{"few fields", "file,person\na.jpg\nb.jpg,bob\n", "line 2: 1 fields, the first line has 2|b.jpg /reg/b.jpg bob/b [default] enrolment"},
		{"many fields", "file,person\na,b,c\n", "line 2: 3 fields"},
		{"no person", "file,person\na.jpg,\n", "line 2: personId is empty"},
		{"no file", "file,person\n,anna\n", "line 2: no file"},
		{"bad person", "file,person\na.jpg,an na\n", "line 2: personId may hold"},
		{"bad encounter", "file,person,encounter\na.jpg,anna,../x\n", "line 2: encounterId may hold"},
		{"bad gallery", "file,person,gallery\na.jpg,anna,a;;b\n", "line 2: galleryId is empty"},
		{"name is no id", "file,person\né.jpg,anna\n", "line 2: encounterId may hold"},
		{"quote", "file,person\n\"a.jpg,anna\nb.jpg,bob\n", "line 2: extraneous or missing|b.jpg /reg/b.jpg bob/b [default] enrolment"},
		{"long", "file,person\n" + long + ",a\nb.jpg,bob\n" + long, "line 2: the line is longer|b.jpg /reg/b.jpg bob/b [default] enrolment|line 4: the line is longer"},
	} {
		items, err := readList(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		wants := strings.Split(c.want, "|")
		for i, it := range items {
			got := fmt.Sprintf("%s %s %s/%s %v %s", it.file, it.path, it.key.Person, it.key.Encounter, it.galleries, it.kind)
			if it.fault != nil {
				got = reason(it.fault)
			}
			if i >= len(wants) || got != wants[i] && (it.fault == nil || !strings.HasPrefix(got, wants[i])) {
				t.Errorf("%s: item %d is %q, want %q", c.name, i, got, c.want)
			}
		}
		if len(items) != len(wants) {
			t.Errorf("%s: %d items, want %d", c.name, len(items), len(wants))
		}
	}
}

func TestListRefusesABadHeader(t *testing.T) {
	for text, says := range map[string]string{
		"":                                     "the list is empty",
		"a.jpg,anna\n":                         "column 1 is none of",
		"file,person,name\n":                   "column 3 is none of",
		"file,encounter\n":                     "the column person is missing",
		"person\n":                             "the column file is missing",
		"file,person,file\n":                   "file stands there twice",
		"file;person\na;b\n":                   "not by semicolons",
		"\"file,person\n":                      "extraneous or missing",
		"\n":                                   "names the columns",
		strings.Repeat("x", maxLine+1):         "longer than",
		"f\x00i\x00l\x00e\x00,\x00p\x00\n\x00": "column 1 is none of",
		"file,person," + strings.Repeat(",", 999): "column 3 is none of",
	} {
		items, err := readList(text)
		if models.KindOf(err) != models.Invalid || !strings.Contains(err.Error(), says) || len(items) > 0 {
			t.Errorf("%.40q: %d items, %v, want %q", text, len(items), err, says)
		}
	}
}

// A list of any length is read in the same memory, but for 8 bytes a line.
func TestListIsNeverInMemory(t *testing.T) {
	const lines = 100_000
	path := filepath.Join(t.TempDir(), "list.csv")
	var text bytes.Buffer
	text.WriteString("file,person,gallery\n")
	for i := range lines {
		fmt.Fprintf(&text, "photograph-%d.jpg,person-%d,some;galleries\n", i, i%(lines-1))
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	text = bytes.Buffer{}
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	total, d, err := survey(context.Background(), list{path: path})
	if err != nil || total != lines {
		t.Fatalf("%d lines, %v", total, err)
	}
	n, grown := 0, int64(0)
	err = list{path: path}.each(func(it item) error {
		d.check(it)
		if n++; n%(lines/4) == 0 {
			grown = max(grown, heap()-before)
		}
		return nil
	})
	if err != nil || n != lines || grown > 1<<20 {
		t.Errorf("%d lines, %d bytes more in memory, %v", n, grown, err)
	}
}

// Whatever a list holds: what is read of it is sound or has a fault, the same
// the second time, and no line is longer than it may be.
func FuzzList(f *testing.F) {
	for _, seed := range []string{
		"", "file,person\na.jpg,anna\n", "\ufefffile,person,encounter,gallery,type\r\na.jpg,anna,1,a;b,visit\r\n",
		"person,file\n\"a\",\"b\"\n\"\n\n,\n", "file;person\n", "file,person\n" + strings.Repeat("a", maxLine+2) + "\nx,y\n", "file,person\n\x00,\xff\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		items, err := readList(text)
		again, err2 := readList(text)
		if len(items) != len(again) || (err == nil) != (err2 == nil) {
			t.Fatalf("%d items, %v, then %d, %v", len(items), err, len(again), err2)
		}
		if err != nil && (len(items) > 0 || models.KindOf(err) != models.Invalid) {
			t.Errorf("%d items and %v", len(items), err)
		}
		for i, it := range items {
			if it.key != again[i].key || it.path != again[i].path || (it.fault == nil) != (again[i].fault == nil) {
				t.Errorf("item %d differs the second time", i)
			}
			if it.fault != nil {
				if models.KindOf(it.fault) != models.Invalid || strings.Contains(it.fault.Error(), "%!") {
					t.Errorf("item %d: %v", i, it.fault)
				}
				continue
			}
			if err := errors.Join(it.key.Validate(), it.galleries[0].Validate()); err != nil || it.file == "" || !filepath.IsAbs(it.path) || len(it.path) > maxLine+len("/reg/") {
				t.Errorf("item %d is %+v, %v", i, it, err)
			}
		}
	})
}

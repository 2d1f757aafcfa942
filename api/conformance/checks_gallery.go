package conformance

import (
	"encoding/csv"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

var galleries = []Check{
	{"readGalleries/listed", "_abis.rst readGalleries: the ID of all the galleries", OSIA, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		all := items(t.must(ask("readGalleries")).body)
		if !slices.Contains(all, any(t.gallery)) {
			t.failf("the gallery of a record is not listed")
		}
	}},
	{"readGalleryContent/content", "_abis.rst readGalleryContent: all the records linked to this gallery", OSIA, func(t *trial) {
		want := t.crowd(3)
		if got := t.page(t.gallery, 0, 1000); !sameWords(want, got) {
			t.failf("the content is not the %d records of the gallery: it has %d", len(want), len(got))
		}
	}},
	{"readGalleryContent/pages", "_abis.rst readGalleryContent offset, limit", OSIA, func(t *trial) {
		want := t.crowd(5)
		var got []any
		for offset := 0; offset < 6; offset += 2 {
			part := t.page(t.gallery, offset, 2)
			if !reflect.DeepEqual(part, t.page(t.gallery, offset, 2)) {
				t.failf("the same page, read twice, differs")
			}
			if len(part) != min(2, 5-offset) {
				t.failf("the page from %d has %d records of 5, when 2 are asked for", offset, len(part))
			}
			got = append(got, part...)
		}
		if !sameWords(want, got) {
			t.failf("the pages together are not the gallery: they overlap or leave out records")
		}
		if len(t.page(t.gallery, 5, 2)) != 0 {
			t.failf("the page behind the last record is not empty")
		}
	}},
	{"readGalleryContent/all", "abis.yaml readGalleryContent: ALL is the content of all galleries", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		if !t.contains("ALL", person, visit) {
			t.failf("a record is not in the content of ALL")
		}
	}},
	{"readGalleryContent/csv", "abis.yaml readGalleryContent text/csv", OSIA, func(t *trial) {
		person, visit := t.enrolled(t.Photos.Mated1)
		a := t.csv()
		rows := csv.NewReader(strings.NewReader(string(a.text)))
		rows.TrimLeadingSpace = true
		all, err := rows.ReadAll()
		if err != nil || len(all) != 2 {
			t.failf("a gallery of one record is not a heading and a line of CSV")
		}
		if !slices.Equal(all[1], []string{person, visit}) {
			t.failf("the line of CSV is not the personId and the encounterId")
		}
	}},
	{"readGalleryContent/json", "abis.yaml readGalleryContent: CSV only if Accept is text/csv", OSIA, func(t *trial) {
		t.enrolled(t.Photos.Mated1)
		t.must(ask("readGalleryContent", t.gallery).saying("Accept", "application/json"))
		t.must(ask("readGalleryContent", t.gallery).saying("Accept", "*/*"))
	}},
	{"readGalleryContent/unknown", "abis.yaml readGalleryContent 404", OSIA, func(t *trial) {
		t.want(t.send(ask("readGalleryContent", t.id("g"))), http.StatusNotFound)
	}},
}

// csv reads the check's gallery as CSV.
func (t *trial) csv() answer {
	a := t.send(ask("readGalleryContent", t.gallery).saying("Accept", "text/csv"))
	if kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type")); a.status != http.StatusOK || err != nil || kind != "text/csv" {
		t.failf("%v with the content type %.60q, not text/csv", a, a.header.Get("Content-Type"))
	}
	return a
}

// crowd puts n people in the gallery and gives their records' ids, one text each.
func (t *trial) crowd(n int) []any {
	var all []any
	for range n {
		all = append(all, joined(t.enrolled(t.Photos.Mated1)))
	}
	return all
}

func joined(person, visit string) any { return person + " " + visit }

// page reads a part of a gallery, as crowd gives it.
func (t *trial) page(gallery string, offset, limit int) []any {
	r := ask("readGalleryContent", gallery).with("offset", strconv.Itoa(offset)).with("limit", strconv.Itoa(limit))
	all := []any{}
	for _, ids := range items(t.must(r).body) {
		all = append(all, joined(word(ids, "personId"), word(ids, "encounterId")))
	}
	return all
}

// maxPages bounds the search for a record, at 1000 of them a page.
const maxPages = 1000

// contains looks for a record in a gallery.
func (t *trial) contains(gallery, person, visit string) bool {
	for i := range maxPages {
		part := t.page(gallery, 1000*i, 1000)
		if slices.Contains(part, joined(person, visit)) {
			return true
		}
		if len(part) == 0 {
			break
		}
	}
	return false
}

package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"oblik/models"
)

// list is a register as a CSV file (RFC 4180, UTF-8, a byte order mark or not)
// whose first line names the columns. Files are relative to its folder. A
// line break inside quotes is not accepted: one wrong quote would swallow the
// lines that follow.
type list struct {
	path      string
	galleries []models.GalleryID // of lines that name none
}

// each implements register.
func (l list) each(f func(item) error) error {
	file, err := os.Open(l.path)
	if err != nil {
		return models.Errorf("list", models.Invalid, "%w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	return l.read(file, f)
}

func (l list) read(from io.Reader, f func(item) error) error {
	r := bufio.NewReaderSize(from, maxLine)
	head, err := nextLine(r)
	if errors.Is(err, io.EOF) {
		return models.Errorf("list", models.Invalid, "the list is empty; its first line names the columns: %s", strings.Join(columns, ","))
	}
	if err != nil {
		return err
	}
	names, err := columnsOf(strings.TrimPrefix(head, "\ufeff"))
	if err != nil {
		return err
	}
	for number := 2; ; number++ {
		line, err := nextLine(r)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case models.KindOf(err) == models.Invalid:
			err = f(item{fault: atLine(number, err)})
		case err != nil:
			return err
		case line != "":
			err = f(l.item(names, number, line))
		}
		if err != nil {
			return err
		}
	}
}

// item reads a line.
func (l list) item(names []string, number int, line string) item {
	values, err := fields(line)
	if err == nil && len(values) != len(names) {
		err = models.Errorf("list", models.Invalid, "%d fields, the first line has %d", len(values), len(names))
	}
	if err != nil {
		return item{fault: atLine(number, err)}
	}
	it := item{galleries: l.galleries, kind: enrolment}
	for i, name := range names {
		value := strings.TrimSpace(values[i])
		switch {
		case name == "file":
			it.file = values[i]
		case name == "person":
			it.key.Person = models.PersonID(value)
		case value == "": // the others have defaults
		case name == "encounter":
			it.key.Encounter = models.EncounterID(value)
		case name == "gallery":
			it.galleries = nil
			for g := range strings.SplitSeq(value, ";") {
				it.galleries = append(it.galleries, models.GalleryID(strings.TrimSpace(g)))
			}
		case name == "type":
			it.kind = value
		}
	}
	return l.checked(it, number)
}

// checked completes an item, and finds its faults.
func (l list) checked(it item, number int) item {
	if it.file == "" {
		it.fault = atLine(number, models.Errorf("list", models.Invalid, "no file"))
		return it
	}
	it.path = it.file
	if !filepath.IsAbs(it.path) {
		it.path = filepath.Join(filepath.Dir(l.path), it.path)
	}
	if it.key.Encounter == "" {
		it.key.Encounter = models.EncounterID(stem(it.file))
	}
	err := it.key.Validate()
	for _, g := range it.galleries {
		err = errors.Join(err, g.Validate())
	}
	if err != nil {
		it.fault = atLine(number, err)
	}
	return it
}

// stem is a file's name without its folder and its extension.
func stem(file string) string {
	name := filepath.Base(file)
	return strings.TrimSuffix(name, filepath.Ext(name))
}

func atLine(number int, err error) error {
	return models.Errorf("list", models.Invalid, "line %d: %s", number, reason(err))
}

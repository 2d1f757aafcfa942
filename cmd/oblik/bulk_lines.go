package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"oblik/models"
)

// columns are those a list may have; the first two it must have.
var columns = []string{"file", "person", "encounter", "gallery", "type"}

// maxLine is the longest line accepted, in bytes: a path and 64 galleries fit.
const maxLine = 32 << 10

// nextLine gives a line without its end. One that is too long is skipped:
// [models.Invalid].
func nextLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) > 0 {
		err = nil
	}
	if err == nil {
		return strings.TrimRight(string(line), "\r\n"), nil
	}
	long := false
	for ; errors.Is(err, bufio.ErrBufferFull); _, err = r.ReadSlice('\n') {
		long = true
	}
	if long && (err == nil || errors.Is(err, io.EOF)) {
		return "", models.Errorf("list", models.Invalid, "the line is longer than %d bytes", maxLine)
	}
	return "", err
}

// columnsOf reads the first line, which names the columns.
func columnsOf(line string) ([]string, error) {
	bad := func(text string, args ...any) error {
		return models.Errorf("list", models.Invalid, "the list's first line, which names the columns: "+text, args...)
	}
	names, err := fields(line)
	if err != nil {
		return nil, bad("%w", err)
	}
	for i, name := range names {
		names[i] = strings.ToLower(strings.TrimSpace(name))
		switch {
		case strings.Contains(name, ";"):
			return nil, bad("columns are separated by commas, not by semicolons")
		case !slices.Contains(columns, names[i]):
			return nil, bad("column %d is none of %s", i+1, strings.Join(columns, ", "))
		case slices.Contains(names[:i], names[i]):
			return nil, bad("%s stands there twice", names[i])
		}
	}
	for _, need := range columns[:2] {
		if !slices.Contains(names, need) {
			return nil, bad("the column %s is missing", need)
		}
	}
	return names, nil
}

func fields(line string) ([]string, error) {
	all, err := csv.NewReader(strings.NewReader(line)).Read()
	if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
		err = wrong.Err // its line is always the first
	}
	return all, err
}

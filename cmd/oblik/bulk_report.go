package main

import (
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"oblik/models"
)

// bulkReport is a CSV file with a line for each item, which is in the file when
// the next one is begun. It holds ids, so it is made for its owner's eyes alone.
// The zero value writes nothing.
type bulkReport struct {
	file *os.File
	csv  *csv.Writer
}

var reportColumns = []string{"file", "person", "encounter", "outcome", "reason", "next"}

// openReport makes a report, or adds to one that is there if more is true;
// else that is [models.Invalid], since what it says would be lost. No path
// is no report.
func openReport(path string, more bool) (bulkReport, error) {
	if path == "" {
		return bulkReport{}, nil
	}
	flags := os.O_CREATE | os.O_RDWR | os.O_APPEND
	if !more {
		flags |= os.O_EXCL
	}
	file, err := os.OpenFile(path, flags, 0o600) // #nosec G304 -- the operator names it
	if errors.Is(err, fs.ErrExist) {
		return bulkReport{}, models.Errorf("report", models.Invalid, "%s is there already; --resume adds to it", path)
	}
	if err != nil {
		return bulkReport{}, models.Errorf("report", models.Invalid, "%w", err)
	}
	r := bulkReport{file, csv.NewWriter(file)}
	if err := errors.Join(file.Chmod(0o600), r.begin()); err != nil { // one that is there may be open to others
		return bulkReport{}, errors.Join(err, file.Close())
	}
	return r, nil
}

// begin writes the columns' names into a new file, and ends a line that a
// power cut has left without its end.
func (r bulkReport) begin() error {
	size, err := r.file.Seek(0, io.SeekEnd)
	if err != nil {
		return models.Errorf("report", models.Invalid, "%w", err)
	}
	if size == 0 {
		return r.line(reportColumns)
	}
	last := make([]byte, 1)
	if _, err = r.file.ReadAt(last, size-1); err == nil && last[0] != '\n' {
		_, err = r.file.WriteString("\n")
	}
	return err
}

func (r bulkReport) add(it item, what result) error {
	if r.file == nil {
		return nil
	}
	why := what.detail
	if why == "" {
		why = what.reason
	}
	return r.line([]string{it.file, string(it.key.Person), string(it.key.Encounter), string(what.fate), why, what.next})
}

// line writes a line. A spreadsheet would run what begins like a formula, and
// the names of files are strangers'.
func (r bulkReport) line(fields []string) error {
	for i, f := range fields {
		if f != "" && strings.ContainsRune("=+-@\t\r", rune(f[0])) {
			fields[i] = "'" + f
		}
	}
	err := r.csv.Write(fields)
	if err == nil {
		r.csv.Flush()
		err = r.csv.Error()
	}
	if err != nil {
		return models.Errorf("report", models.Unavailable, "%w", err)
	}
	return nil
}

// Close closes the file.
func (r bulkReport) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

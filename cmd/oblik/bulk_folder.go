package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"oblik/models"
)

// folder is a register as DIR/PERSON/ENCOUNTER.jpg, and DIR/PERSON.jpg for
// people with one photograph, whose encounter is "1". Hidden files are passed
// over, anything else that is no photograph is listed as skipped.
type folder struct {
	path      string
	galleries []models.GalleryID
}

// extensions are those of the kinds of files that are accepted; what a file is
// its first bytes tell.
var extensions = []string{".jpg", ".jpeg", ".png", ".webp", ".jp2"}

// each implements register. It goes by name.
func (d folder) each(f func(item) error) error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return models.Errorf("folder", models.Invalid, "%w", err)
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case hidden(name):
		case e.IsDir():
			err = d.person(name, f)
		default:
			err = f(d.item(e, name, models.EncounterKey{Person: models.PersonID(stem(name)), Encounter: "1"}))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// person goes through the folder of one person. One that can't be read is that
// person's fault alone.
func (d folder) person(person string, f func(item) error) error {
	entries, err := os.ReadDir(filepath.Join(d.path, person))
	if err != nil {
		return f(item{file: person, key: models.EncounterKey{Person: models.PersonID(person)}, fault: fileFault(err)})
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return hidden(e.Name()) })
	if len(entries) == 0 {
		return f(item{file: person, skip: "a folder without photographs"})
	}
	for _, e := range entries {
		key := models.EncounterKey{Person: models.PersonID(person), Encounter: models.EncounterID(stem(e.Name()))}
		if err := f(d.item(e, filepath.Join(person, e.Name()), key)); err != nil {
			return err
		}
	}
	return nil
}

func (d folder) item(e fs.DirEntry, file string, key models.EncounterKey) item {
	it := item{file: file, path: filepath.Join(d.path, file), key: key, galleries: d.galleries, kind: enrolment}
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		it.skip = "a link, which is not followed"
	case e.IsDir():
		it.skip = "a folder in a person's folder"
	case !e.Type().IsRegular():
		it.skip = "not a file"
	case !slices.Contains(extensions, strings.ToLower(filepath.Ext(file))):
		it.skip = "not named as a photograph (" + strings.Join(extensions, " ") + ")"
	default:
		it.fault = key.Validate()
		return it
	}
	it.key = models.EncounterKey{} // it names nobody
	return it
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// fileFault is a file system's error without the path, which stands beside it.
func fileFault(err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return models.Errorf("file", models.NotFound, "no such file")
	}
	return models.Errorf("file", models.Invalid, "%w", err)
}

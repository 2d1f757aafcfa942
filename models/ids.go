package models

import "fmt"

// MaxIDLength is the longest id accepted, in bytes.
const MaxIDLength = 128

// PersonID names a person on record. It is chosen by the client or made by
// the service; see [PersonID.Validate] for what is accepted.
type PersonID string

// EncounterID names an encounter; it is unique within its person.
type EncounterID string

// GalleryID names a gallery. A gallery exists as long as an encounter is in it.
type GalleryID string

// AllGalleries stands for every gallery in a search; no encounter can be put
// into it (OSIA Biometrics 1.6.1, "ALL").
const AllGalleries GalleryID = "ALL"

// EncounterKey names one encounter in the whole service.
type EncounterKey struct {
	Person    PersonID
	Encounter EncounterID
}

// Validate reports, as an error of kind [Invalid], an id that is empty, longer
// than [MaxIDLength] or holds anything but ASCII letters, digits and "-_.:@",
// or that starts with one of these marks. OSIA leaves the form open; so narrow
// a set is the same text in a path, a query, a file name and a log.
func (id PersonID) Validate() error { return validateID("personId", string(id)) }

// Validate is [PersonID.Validate] for encounters.
func (id EncounterID) Validate() error { return validateID("encounterId", string(id)) }

// Validate is [PersonID.Validate] for galleries. It accepts [AllGalleries].
func (id GalleryID) Validate() error { return validateID("galleryId", string(id)) }

// Validate checks both ids.
func (k EncounterKey) Validate() error {
	if err := k.Person.Validate(); err != nil {
		return err
	}
	return k.Encounter.Validate()
}

func validateID(what, id string) error {
	if id == "" {
		return Errorf("ids", Invalid, "%s is empty", what)
	}
	if len(id) > MaxIDLength {
		return Errorf("ids", Invalid, "%s has %d bytes, at most %d are accepted", what, len(id), MaxIDLength)
	}
	for i := 0; i < len(id); i++ {
		if !idByte(id[i], i == 0) {
			return &Error{Op: "ids", Kind: Invalid, Err: fmt.Errorf(
				"%s may hold ASCII letters, digits and -_.:@ and starts with a letter or digit", what)}
		}
	}
	return nil
}

func idByte(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	case c == '-', c == '_', c == '.', c == ':', c == '@':
		return !first
	}
	return false
}

package models

import "time"

// Status says whether an encounter takes part in comparisons and searches.
type Status string

// An INACTIVE encounter is kept and can be read, and matches nobody.
const (
	Active   Status = "ACTIVE"
	Inactive Status = "INACTIVE"
)

// Encounter is one visit of a person, as a client gave it.
type Encounter struct {
	Key       EncounterKey
	Status    Status
	Type      string      // free text chosen by the client, e.g. "enrolment"
	Galleries []GalleryID // one or more, without doubles, never [AllGalleries]
	Samples   []Sample    // may be empty
	// ClientData, Contextual, Biographic and Protection are kept and returned
	// as they came and never interpreted; nil if absent. The last three are JSON.
	ClientData []byte
	Contextual []byte
	Biographic []byte
	Protection []byte // the encounter's encryption and integrity blocks
	Created    time.Time
	Updated    time.Time
}

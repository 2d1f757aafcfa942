package storage

import (
	"context"

	"oblik/models"
)

// Names answers which images are named. It is what [Sweep] needs of the rows.
type Names interface {
	// Named returns those of keys that a record, an act under way or the outbox
	// names.
	Named(ctx context.Context, keys []string) (map[string]bool, error)
	// References calls f with every image that a record names, by image key in
	// the order of its bytes, from the first after a key, until f returns an
	// error. Rows are read as f takes them; f should be quick.
	References(ctx context.Context, after string, f func(models.EncounterKey, models.ImageRef) error) error
}

// Finding is one thing a sweep found: an image that nothing names, or one that
// a record names and that is not there or not what was stored.
type Finding struct {
	Fault     Fault
	Key       string              // of the image
	Encounter models.EncounterKey // whose image it is; empty for an orphan
}

// Fault is what is wrong with an image.
type Fault string

// The faults. A missing or corrupt image can't be restored from here: the
// photograph has to be taken again, or a backup of the store brought back.
const (
	Orphan  Fault = "orphan"  // nothing names it
	Missing Fault = "missing" // a record names it and it is not there
	Corrupt Fault = "corrupt" // it is there with other bytes
)

// SweepReport counts what a sweep looked at and found.
type SweepReport struct {
	Images     int // in the store
	References int // to images, in records
	Orphans    int
	Removed    int // orphans deleted
	Missing    int
	Corrupt    int
}

// SweepOptions say how much a sweep does.
type SweepOptions struct {
	Repair bool // delete orphans
	Quick  bool // compare names and lengths, and do not read the images
	// Found is called with each finding; nil for none.
	Found func(Finding)
}

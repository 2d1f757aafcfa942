// Package storage keeps people, encounters, images and templates, and finds
// them again. It knows nothing of faces: a template is bytes here.
//
// The seams are small so that each store implements what it can:
// storage/local is the embedded default (SQLite and a folder). Every
// implementation passes the suites of storage/storagetest.
//
// An enrolment is one act over two stores: the image first, under a fresh
// random key, the row last. The row is the moment of truth: an image without a
// row is swept away, a row without its image cannot come to be. Deletion is
// the reverse: one transaction removes the rows and queues the images'
// deletion in the outbox.
package storage

import (
	"context"

	"oblik/models"
)

// Images keeps the bytes of images.
type Images interface {
	// Put stores data durably under a fresh key before it returns.
	Put(ctx context.Context, data []byte) (models.ImageRef, error)
	// Get returns the bytes ref names, or an error of kind [models.NotFound],
	// or [models.Integrity] if their length or digest is not ref's.
	Get(ctx context.Context, ref models.ImageRef) ([]byte, error)
	// Delete removes an image; one that is not there is no error.
	Delete(ctx context.Context, key string) error
}

// StoredSample is a sample whose image, if it has one, is in [Images].
type StoredSample struct {
	Modality models.Modality
	Details  []byte           // see [models.Sample]
	Image    *models.ImageRef // nil if the sample came without an image
	Template *models.Template // nil if none was made
}

// Record is an encounter as it is stored: Encounter.Samples is empty, Samples
// stands in its place.
type Record struct {
	Encounter models.Encounter
	Samples   []StoredSample
}

// Encounters keeps records. Each method is one transaction.
type Encounters interface {
	// Create stores r, and its person if there is none yet, durably before it
	// returns; [models.Conflict] if the key is taken.
	Create(ctx context.Context, r Record) error
	// Read returns one record or [models.NotFound].
	Read(ctx context.Context, key models.EncounterKey) (Record, error)
	// ReadAll returns a person's records by encounter id, or [models.NotFound].
	ReadAll(ctx context.Context, person models.PersonID) ([]Record, error)
	// Delete removes a record, and its person with the last one, and queues
	// its images in the [Outbox]; [models.NotFound] if there is none.
	Delete(ctx context.Context, key models.EncounterKey) error
	// DeletePerson removes all of a person's records like Delete;
	// [models.NotFound] if there is none.
	DeletePerson(ctx context.Context, person models.PersonID) error
	// Templates returns a person's ACTIVE entries of a gallery
	// ([models.AllGalleries] for all) that hold templates. [models.NotFound] if
	// the person has no encounter in the gallery, whatever its status.
	Templates(ctx context.Context, person models.PersonID, gallery models.GalleryID) ([]models.Entry, error)
	// Scan calls f with every entry, one snapshot, until f returns an error.
	Scan(ctx context.Context, f func(models.Entry) error) error
}

// Galleries answers questions about galleries.
type Galleries interface {
	// List returns the ids of all galleries that have an encounter, sorted.
	List(ctx context.Context) ([]models.GalleryID, error)
}

// Outbox holds the images whose rows are gone and whose bytes must go too.
type Outbox interface {
	// Pending returns at most limit keys of images to delete, oldest first.
	Pending(ctx context.Context, limit int) ([]string, error)
	// Done says that an image's bytes are gone.
	Done(ctx context.Context, key string) error
}

// Sweeper finds what a crash left behind.
type Sweeper interface {
	// Sweep compares images and records both ways, and deletes images that no
	// record names. It must not run beside a Put.
	Sweep(ctx context.Context) (SweepReport, error)
}

// SweepReport is what a sweep found.
type SweepReport struct {
	Images  int // looked at
	Strays  int // images without a row and half-written files, removed
	Missing int // rows whose image is not there: the photograph must be taken again
}
